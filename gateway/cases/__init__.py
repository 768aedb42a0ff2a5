"""Applications: answers, drafts, cases, their submissions and their clock."""
