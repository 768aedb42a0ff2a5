"""How people reach the assistant: REST, the web widget, WeChat. One door behind all of them."""
