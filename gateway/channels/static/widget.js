/* Yiwen's conversation for any web page:
 *   <script src="https://HOST/widget/widget.js" data-title="清河市政务服务" defer></script>
 * data-mode="page" fills #yiwen instead of floating. Words of others reach the page as text, never
 * as markup. The tab alone remembers (sessionStorage): masked words, the token, the large type. */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.querySelector("yiwen-chat")) return;
  const BASE = new URL("..", script.src).href;
  const CITY = script.dataset.title || "政务服务";
  const PAGE = script.dataset.mode === "page";
  const EXAMPLES = ["身份证丢了怎么补", "租房提公积金", "社保卡挂失", "查我的办件"];
  const HELP = "紧急情况请直接拨打 110 / 120；“转人工”随时可说。";
  const LONGEST = 2000, COUNT_FROM = 1800; // characters of a message
  const PATIENCE = 30000; // milliseconds to wait for an answer
  const KEPT = 200; // entries of the transcript

  const el = (tag, props, ...inside) => {
    const node = document.createElement(tag);
    Object.entries(props || {}).forEach(([key, value]) => {
      if (key in node) node[key] = value;
      else node.setAttribute(key, value);
    });
    node.append(...inside);
    return node;
  };
  const button = (text, onclick, props) =>
    el("button", Object.assign({ type: "button", textContent: text, onclick }, props));
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // ---- What the tab remembers; where a site forbids storage, only until the page is left
  const memory = (() => {
    let kept = {};
    try { kept = JSON.parse(sessionStorage.getItem("yiwen-chat")) || {}; } catch { /* start empty */ }
    const write = () => {
      try { sessionStorage.setItem("yiwen-chat", JSON.stringify(kept)); } catch { /* page life only */ }
    };
    return { get: (key) => kept[key], set: (key, value) => { kept[key] = value; write(); } };
  })();
  let log = Array.isArray(memory.get("log")) ? memory.get("log") : [];
  const keep = () => memory.set("log", (log = log.slice(-KEPT)));

  // ---- Numbers that must not stand on the screen: only both ends are shown
  const PRIVATE = ["id_number", "phone", "bank_card"];
  function mask(text, type) {
    if (type === "secret") return "••••••";
    const ends = (s, head, tail) =>
      s.slice(0, head) + "*".repeat(s.length - head - tail) + s.slice(-tail);
    const narrow = text.replace(/[０-９Ｘｘ]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
    return narrow.replace(/\d(?:[ -]?[\dXx])*/g, (run) => {
      const number = run.replace(/[ -]/g, "");
      if (/^1[3-9]\d{9}$/.test(number)) return ends(number, 3, 4);
      const born = /^\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d{4}[\dXx]$/.test(number);
      return born || (PRIVATE.includes(type) && number.length > 6) ? ends(number, 3, 3) : run;
    });
  }

  // ---- The gateway's words as nodes: paragraphs, lists, links
  const LINK = new RegExp("(https?://[^\\s<>\"'“”‘’，。；：！？、（）《》【】]+)|0\\d{2,3}-\\d{7,8}|" +
    "400-?\\d{3}-?\\d{4}|1[3-9]\\d{9}|123\\d\\d|1(?:10|19|2[0-2])", "g");
  function isPhone(text, from, to) {
    const before = text[from - 1] || "", after = text.slice(to, to + 2);
    if (/[\w*.\-第¥￥]/.test(before) || /^(?:[\w*]|[.-]\d)/.test(after)) return false;
    return to - from > 5 || !/^ ?[元个人日天年月万亿分块次份号种条平米岁%％]/.test(after);
  }
  function linked(text) {
    const parts = [];
    let done = 0;
    text.replace(LINK, (found, url, at) => {
      const word = url ? url.replace(/[.,;:!?)\]]+$/, "") : found;
      if (!url && !isPhone(text, at, at + word.length)) return;
      parts.push(text.slice(done, at), url
        ? el("a", { href: word, target: "_blank", rel: "noopener noreferrer", textContent: word })
        : el("a", { href: "tel:" + word, textContent: word }));
      done = at + word.length;
    });
    return parts.concat(text.slice(done));
  }
  function blocks(text) {
    const out = [];
    let list = null, gap = false;
    const put = (node) => {
      if (gap && out.length) node.classList.add("gap");
      gap = false;
      out.push(node);
      return node;
    };
    String(text || "").split(/\r?\n/).forEach((line) => {
      const item = line.match(/^\s*(?:(\d{1,3})\. +|[·•] *)(.+)/);
      if (item) {
        const tag = item[1] ? "OL" : "UL";
        if (!list || list.tagName !== tag || gap) list = put(el(tag));
        const entry = el("li", {}, ...linked(item[2]));
        if (item[1]) entry.value = Number(item[1]);
        list.append(entry);
        return;
      }
      list = null;
      if (!line.trim()) gap = true;
      else put(el("p", { className: /^依据.+核对。?$/.test(line) ? "basis" : "" }, ...linked(line)));
    });
    return out;
  }

  // ---- Talking to the gateway
  class Refused extends Error { // its message is a sentence for the citizen
    constructor(sentence, status) { super(sentence); this.status = status; }
  }
  let stop = new AbortController(); // aborted when the conversation is cleared

  async function post(path, body, waits = 0) {
    const mine = new AbortController(), cut = () => mine.abort(), cleared = stop.signal;
    const timer = setTimeout(cut, PATIENCE);
    cleared.addEventListener("abort", cut);
    let answer, data;
    try {
      answer = await fetch(BASE + "webhooks/widget/" + path, {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body), credentials: "omit", signal: mine.signal,
      });
      data = answer.ok ? await answer.json() : await answer.json().catch(() => null);
    } finally {
      clearTimeout(timer);
      cleared.removeEventListener("abort", cut);
    }
    const said = data && typeof data.error === "string" && data.error;
    if (answer.status === 429) {
      const seconds = Number(answer.headers.get("Retry-After")) || 5;
      if (waits > 1 || seconds > 60) throw new Refused(said || "发得太快了，请过一会儿再发。", 429);
      waiting(`消息有点多，${seconds} 秒后自动重发。`);
      await pause(seconds * 1000);
      if (cleared.aborted) throw new Error("cleared");
      waiting();
      return post(path, body, waits + 1);
    }
    if (answer.status >= 400 && answer.status < 500) {
      throw new Refused(said || "这条消息没能收下，请换个说法再发。", answer.status);
    }
    if (!answer.ok) throw new Error("status " + answer.status);
    return data;
  }
  async function token() {
    let pass = memory.get("pass");
    if (!pass || Date.now() > pass.until) {
      const given = await post("session", {});
      pass = { token: given.token, until: Date.now() + given.expires_in * 1000 };
      memory.set("pass", pass);
    }
    return pass.token;
  }
  async function deliver(message, renewed) {
    const mine = await token();
    try {
      return await post("webhook", { token: mine, message });
    } catch (problem) {
      if (problem.status !== 401 || renewed) throw problem;
      memory.set("pass", null);
      return deliver(message, true);
    }
  }

  // ---- News of cases, while the page is looked at and nothing else is going on
  const LOOK = 20000; // milliseconds between two looks
  let looked = 0;
  async function look() {
    const pass = memory.get("pass"), quiet = () => !busy && !(expects && expects.type) && !document.hidden && !panel.hidden;
    if (!pass || Date.now() > pass.until || Date.now() - looked < LOOK / 2 || !quiet()) return;
    looked = Date.now();
    const signal = stop.signal;
    let told;
    try {
      const answer = await fetch(BASE + "webhooks/widget/news", {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ token: pass.token }), credentials: "omit", signal,
      });
      told = answer.ok ? await answer.json() : [];
    } catch { return; } // the next look asks again
    if (!Array.isArray(told) || !told.length || signal.aborted) return;
    const stay = atEnd;
    told.forEach((reply) => receive(reply, true));
    keep();
    if (busy) show(busyDots);
    if (stay) scrollTo();
  }

  // ---- The parts of the panel
  const mark = () => el("img", { src: BASE + "widget/mark.svg", alt: "" });
  const elder = button("大字版", () => setElder(!memory.get("elder")));
  const clear = button("清空对话", () => askToClear(true));
  const close = button("×", () => setOpen(false), { "aria-label": "关闭", hidden: PAGE });
  const heading = el(PAGE ? "h1" : "h2", { id: "title" },
    el("span", { className: "name", textContent: "一问" }),
    el("span", { className: "city", textContent: CITY }));
  const column = el("div", { className: "column" });
  const logBox = el("div",
    { className: "log", role: "log", "aria-live": "polite", "aria-label": "对话", tabIndex: 0 }, column);
  const waitText = el("span", { className: "heard" });
  const busyDots = el("div", { className: "busy" }, el("i"), el("i"), el("i"), waitText);

  const check = el("div", { className: "check", role: "group", "aria-label": "清空对话", hidden: true },
    el("p", { textContent: "清空后，这里看不到刚才的对话。已经提交的办件不受影响。" }),
    el("div", { className: "chips" },
      button("清空", clearAll, { className: "yes" }), button("不清", () => askToClear(false))));
  const day = el("input", { type: "date", onchange: () => { box.value = day.value; resize(); box.focus(); } });
  const dayLabel = el("label", {}, "也可以直接选日期", day);
  const keys = button("换成文字键盘", () => { box.inputMode = "text"; keys.hidden = true; box.focus(); },
    { className: "keys" });
  const chooser = (props) => {
    const input = el("input", { type: "file", hidden: true, tabIndex: -1, ...props });
    input.onchange = () => { sendFiles(Array.from(input.files)); input.value = ""; };
    return input;
  };
  const camera = chooser({ accept: "image/jpeg,image/png", capture: "environment" });
  const papers = chooser({});
  const files = el("div", { className: "files" }, camera, papers,
    button("拍照", () => camera.click(), { className: "shoot" }),
    button("选照片或 PDF", () => papers.click()), el("span", { className: "most" }));
  const hint = el("div", { className: "hint" }, dayLabel, files, keys);
  const box = el("textarea",
    { rows: 1, "aria-label": "说您要办的事", enterKeyHint: "send", oninput: resize, onkeydown: onKey });
  const secret = el("input", // one-time-code: the one kind of field that browsers never offer to save
    { type: "password", autocomplete: "one-time-code", "aria-label": "口令", enterKeyHint: "send",
      oninput: resize, onkeydown: onKey });
  const grow = el("div", { className: "grow" }, box);
  const submit = el("button", { className: "send", textContent: "发送" });
  const count = el("p", { className: "count" });
  const foot = el("form", { className: "foot", onsubmit: (e) => { e.preventDefault(); sendTyped(); } },
    el("div", { className: "column" }, check, hint, el("div", { className: "row" }, grow, secret, submit),
      count, el("p", { className: "help" }, ...linked(HELP))));
  const panel = el("section", { className: "panel", id: "panel", tabIndex: -1, hidden: !PAGE,
    "aria-labelledby": "title", role: PAGE ? "region" : "dialog", onkeydown: onEscape },
    el("header", { className: "head" }, el("div", { className: "column" }, mark(), heading,
      el("div", { className: "tools" }, elder, clear, close))),
    logBox, foot);
  const launch = button("", () => setOpen(true), { className: "launch", hidden: PAGE,
    "aria-controls": "panel", "aria-expanded": "false" });
  launch.append(mark(), "办事问一问");
  const root = el("div", { className: "yw " + (PAGE ? "page" : "float"), lang: "zh-CN", hidden: true },
    launch, panel);

  // ---- What stands in the conversation
  let live = []; // buttons of the newest replies
  let busy = false, failed = null, expects = null;

  const chips = (choices, act) => el("div", { className: "chips" }, ...choices.map(act));
  const welcome = () => el("div", { className: "welcome" },
    el("h2", { textContent: "一问" }), el("p", { textContent: "您说事，我来办。" }),
    chips(EXAMPLES, (text) => button(text, () => send(text, text))));
  function mine(entry) {
    return el("div", { className: "said mine" },
      el("div", { className: "bubble" }, el("span", { className: "heard" }, "您："), entry.me));
  }
  function theirs(entry) {
    const said = el("div", { className: "said" });
    if (entry.text) {
      said.append(el("div", { className: "bubble" },
        el("span", { className: "heard" }, "一问："), ...blocks(entry.text)));
    }
    if (entry.steps) said.append(progress(entry.steps));
    if (entry.case) said.append(receipt(entry.case));
    if (entry.buttons.length) {
      said.append(chips(entry.buttons, ({ title, payload, url }) => {
        const choice = button(title, () => (url ? signIn(url) : send(payload || title, title)));
        live.push(choice);
        return choice;
      }));
    }
    return said;
  }
  // ---- Signing in: the page itself goes there and comes back; inside another site, a new tab does
  const BACK = /^#signed-in=(\d{6})$/;
  function signIn(url) {
    const there = new URL(new URL(url, BASE).pathname, BASE);
    if (PAGE) {
      there.search = "?back=page";
      return location.assign(there);
    }
    addEventListener("focus", () => send("/sign_in", "我回来了"), { once: true });
    return window.open(there, "_blank", "noopener");
  }
  function comeBack() {
    const [, number] = (PAGE && location.hash.match(BACK)) || [];
    if (!number) return;
    history.replaceState(null, "", location.pathname + location.search);
    send(number, "我登录好了");
  }
  // ---- How far the steps of a life event are; the words stand in the reply itself
  const GRANTED = "done_granted", FAILED = ["done_refused", "not_accepted", "withdrawn"];
  function stepsOf({ filing }) {
    return filing && Array.isArray(filing.steps) && filing.steps.map(({ status }) =>
      (status === GRANTED ? "done" : FAILED.includes(status) ? "failed" : status === "waiting" ? "waits" : "going"));
  }
  function progress(steps) {
    const done = steps.filter((step) => step === "done").length;
    const bar = el("div", { className: "steps" }, ...steps.map((step) => el("i", { className: step })));
    bar.setAttribute("role", "img");
    bar.setAttribute("aria-label", `共 ${steps.length} 件，办好 ${done} 件`);
    return bar;
  }
  function receipt(number) {
    const copy = button("复制编号", async () => {
      copy.textContent = (await toClipboard(number, copy)) ? "已复制" : "请长按编号复制";
    });
    return el("div", { className: "case" }, el("div", {},
      el("span", { className: "label" }, "受理编号"), el("span", { className: "number" }, number)), copy);
  }
  async function toClipboard(text, beside) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { // a page without TLS has no clipboard: the old way
      const field = el("textarea", { value: text, className: "heard" });
      beside.after(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      beside.focus();
      return done;
    }
  }
  function show(node) {
    column.append(node);
    return node;
  }
  function scrollTo(node) { // a long reply is read from its beginning
    logBox.scrollTop = node ? node.offsetTop - logBox.offsetTop - 12 : logBox.scrollHeight;
  }
  let atEnd = true; // then it stays there when a keyboard or a longer text takes room
  logBox.onscroll = () => {
    atEnd = logBox.scrollHeight - logBox.scrollTop - logBox.clientHeight < 8;
  };
  if (window.ResizeObserver) new ResizeObserver(() => { if (atEnd) scrollTo(); }).observe(logBox);
  function waiting(reason) {
    waitText.textContent = reason || "正在查，请稍候";
    waitText.className = reason ? "" : "heard";
  }

  // ---- One message on its way: `message` goes to the gateway, `shown` is all that stays in the tab
  async function send(message, shown, typed) {
    if (busy) return;
    drop(failed);
    const signal = stop.signal, before = live;
    const entry = { me: shown, late: true };
    if (shown === message || !typed) entry.raw = message; // for a resend after a reload
    log.push(entry);
    keep();
    const node = show(mine(entry));
    if (before.includes(node.getRootNode().activeElement)) focusBox();
    before.forEach((choice) => { choice.disabled = true; });
    setBusy(true);
    scrollTo();
    try {
      const replies = await deliver(message);
      if (signal.aborted) return;
      if (!Array.isArray(replies) || !replies.length) throw new Refused("没有收到答复，请再说一次。");
      arrived(entry, node, replies);
    } catch (problem) {
      if (signal.aborted) return;
      lost(before);
      fail(entry, node, problem instanceof Refused && problem.message, () => {
        if (field().value === message) field().value = "";
        resize();
        send(message, shown, typed);
        focusBox();
      });
      if (typed && !field().value) field().value = message;
      resize();
      scrollTo();
    }
  }
  function arrived(entry, node, replies) {
    delete entry.late;
    delete entry.raw;
    live = [];
    setBusy(false);
    replies.forEach((reply) => receive(reply));
    keep();
    scrollTo(entry.file ? node.nextElementSibling : node); // a picture would push its reply out of sight
  }
  function lost(before) {
    setBusy(false);
    live = before;
    live.forEach((choice) => { choice.disabled = false; });
  }
  function receive(reply, aside) {
    const custom = reply.custom || {};
    const entry = { text: reply.text, buttons: reply.buttons || [],
      case: typeof custom.case === "string" ? custom.case : "", expects: custom.expects,
      steps: stepsOf(custom) };
    log.push(entry);
    show(theirs(entry));
    if (!aside) expect(custom.expects); // news ask for nothing
  }
  function fail(entry, node, sentence, again, title = "没有发出去，点这里重发") {
    failed = { entry, node };
    node.append(sentence
      ? el("p", { className: "trouble", textContent: sentence })
      : button(title, again, { className: "trouble" }));
  }

  // ---- Photos and PDFs, where the question takes them; only their names stay in the tab
  let tools = null;
  function fileTools() {
    tools = tools || new Promise((done, failed) => {
      const more = el("script", { src: BASE + "widget/files.js" });
      more.onload = () => done(more.tools);
      more.onerror = () => { tools = null; failed(new Error("no tools")); };
      document.head.append(more); // a script inside a shadow does not know itself
    });
    return tools;
  }
  async function sendFiles(chosen) {
    for (const file of chosen) {
      if (busy || !(await sendFile(file))) return;
    }
  }
  const shortened = (name) => (name.length > 28 ? `${name.slice(0, 14)}…${name.slice(-12)}` : name);
  async function sendFile(file) { // resolves to whether the next one may follow
    drop(failed);
    const signal = stop.signal, before = live, allowed = expects.files;
    const entry = { me: mask(shortened(file.name)), file: true, late: true };
    log.push(entry);
    keep();
    const node = show(mine(entry)), bubble = node.firstChild;
    if (!allowed) {
      fail(entry, node, "这份没有传：这一项已经收齐了。");
      scrollTo();
      return false;
    }
    before.forEach((choice) => { choice.disabled = true; });
    setBusy(true);
    waiting("正在传");
    try {
      const { prepare, send: sendOne, spoken } = await fileTools();
      const { blob, preview, problem } = await prepare(file, allowed);
      if (problem) throw new Refused(problem);
      entry.me += `（${spoken(blob.size)}）`;
      bubble.lastChild.textContent = entry.me;
      if (preview) bubble.append(Object.assign(preview, { className: "preview", ariaHidden: "true" }));
      const bar = el("progress", { max: 1, value: 0, "aria-label": "已传" });
      bubble.append(bar);
      scrollTo();
      const pass = await token();
      const { status, data } = await sendOne(BASE + "webhooks/widget/attachment", pass, blob, signal,
        (share) => { bar.value = share; });
      bar.remove();
      if (status >= 400 && status < 500) throw new Refused((data && data.error) || "这份文件没能收下，请换一份再传。");
      if (status !== 200 || !Array.isArray(data)) throw new Error("status " + status);
      if (signal.aborted) return false;
      arrived(entry, node, data);
      return true;
    } catch (problem) {
      if (signal.aborted) return false;
      node.querySelectorAll("progress").forEach((bar) => bar.remove());
      lost(before);
      fail(entry, node, problem instanceof Refused && problem.message, () => sendFile(file), "没有传上去，点这里再传");
      scrollTo();
      return false;
    }
  }
  function drop(gone) {
    if (!gone) return;
    gone.node.remove();
    log = log.filter((entry) => entry !== gone.entry);
    failed = null;
  }
  function setBusy(now) {
    busy = now;
    waiting();
    if (now) show(busyDots);
    else busyDots.remove();
    resize();
  }

  // ---- The box: fitted to what the gateway asks for
  const KEYBOARDS = { phone: ["tel", "tel"], email: ["email", "email"], amount: ["decimal"],
    integer: ["numeric"], bank_card: ["numeric"], person_name: ["text", "name"],
    address: ["text", "street-address"] };
  const field = () => (secret.hidden ? box : secret);
  function expect(next) {
    const active = root.getRootNode().activeElement === field();
    expects = next || {};
    const [keyboard = "text", fill = "off"] = KEYBOARDS[expects.type] || [];
    grow.hidden = expects.type === "secret";
    secret.hidden = !grow.hidden;
    box.inputMode = keyboard;
    box.autocomplete = fill;
    field().placeholder = expects.example ? "例如 " + expects.example : "说您要办的事";
    keys.hidden = keyboard === "text";
    dayLabel.hidden = expects.type !== "date";
    const onFiles = files.contains(root.getRootNode().activeElement);
    files.hidden = !expects.files;
    if (expects.files) {
      papers.accept = expects.files.accept;
      papers.multiple = expects.files.most > 1;
      files.lastChild.textContent = `最多 ${expects.files.most} 份`;
      if (expects.type === "attachment") field().placeholder = "有问题写这里";
    }
    hint.hidden = keys.hidden && dayLabel.hidden && files.hidden;
    if (active) field().focus();
    else if (onFiles && files.hidden) focusBox();
    resize();
  }
  function resize() {
    const length = Array.from(field().value).length, over = length - LONGEST;
    grow.dataset.text = box.value;
    count.textContent = over > 0 ? `多了 ${over} 个字，请分两次说。`
      : length >= COUNT_FROM ? `${length} / ${LONGEST}` : "";
    count.classList.toggle("over", over > 0);
    count.setAttribute("aria-live", over > 0 ? "polite" : "off"); // not a word at every letter
    submit.setAttribute("aria-disabled", busy || over > 0 || !field().value.trim());
  }
  function sendTyped() {
    const message = field().value.trim();
    if (submit.getAttribute("aria-disabled") === "true") return;
    secret.value = box.value = day.value = "";
    send(message, mask(message, expects.type), true);
  }
  function onKey(event) { // 229: Safari's Enter that ends a composition
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    sendTyped();
  }
  function focusBox() { // on a touch screen the keyboard would hide the reply
    (matchMedia("(pointer: coarse)").matches ? logBox : field()).focus();
  }

  // ---- Switches
  function setOpen(open) {
    panel.hidden = !open;
    launch.hidden = open;
    launch.setAttribute("aria-expanded", open);
    if (!open) return launch.focus();
    scrollTo(failed && failed.node);
    return matchMedia("(pointer: coarse)").matches ? panel.focus() : field().focus();
  }
  function onEscape(event) {
    if (PAGE || event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    setOpen(false);
  }
  function setElder(on) {
    memory.set("elder", on);
    elder.setAttribute("aria-pressed", on);
    root.classList.toggle("elder", on);
    if (PAGE) document.documentElement.classList.toggle("yiwen-elder", on);
    scrollTo();
  }
  function askToClear(ask) {
    check.hidden = !ask;
    (ask ? check.querySelector("button") : clear).focus();
  }
  function clearAll() {
    stop.abort();
    stop = new AbortController();
    failed = null;
    live = [];
    memory.set("pass", null);
    log = [];
    keep();
    secret.value = box.value = "";
    setBusy(false);
    column.replaceChildren(welcome());
    expect(null);
    askToClear(false);
    focusBox();
  }

  // ---- Start: the transcript stands before the log is live, so nobody hears it read out again
  function start() {
    column.append(welcome());
    const last = log.map((entry) => "me" in entry).lastIndexOf(true);
    log.slice().forEach((entry, at) => {
      if (at === last) live = [];
      const node = show("me" in entry ? mine(entry) : theirs(entry));
      if (entry.late) {
        fail(entry, node, !entry.raw && (entry.file ? "没有传上去，请重新选一次。" : "没有收到答复，请再说一次。"),
          () => send(entry.raw, entry.me, false), "没有收到答复，点这里重发");
      }
    });
    column.querySelectorAll(".said .chips button").forEach((choice) => {
      choice.disabled = !live.includes(choice);
    });
    expect((log.filter((entry) => !("me" in entry)).pop() || {}).expects);
    setElder(Boolean(memory.get("elder")));
    const host = document.createElement("yiwen-chat");
    const style = el("link", { rel: "stylesheet", href: BASE + "widget/widget.css" });
    style.onload = style.onerror = () => { root.hidden = false; scrollTo(); };
    host.dataset.mode = PAGE ? "page" : "float";
    host.attachShadow({ mode: "open" }).append(style, root);
    const place = PAGE && document.getElementById("yiwen");
    if (place) place.replaceChildren(host);
    else document.body.append(host);
    if (PAGE) document.title = "一问 · " + CITY;
    comeBack();
    setInterval(look, LOOK);
    document.addEventListener("visibilitychange", look);
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
