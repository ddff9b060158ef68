// The form's helper: articles, missing facts and the expected response beside a form while somebody types. It works as
// a module and as a plain script, and never stands between a form and its sending.
(() => {
"use strict";
const TAG = "triagem-help";
if (customElements.get(TAG)) return;

const script = document.currentScript ||
  [...document.querySelectorAll("script[src]")].find((one) => /\/widget\.js([?#]|$)/.test(one.src));

// Asked after a pause; a smaller change than this waits longer, at least two of the typist's own gaps between keys, so
// that no way of typing is a request per keystroke.
const PAUSE_MS = 80, SETTLED_MS = 350, SETTLED_MOST_MS = 1500, ENOUGH_CHARACTERS = 4;
const SHORTEST = 4, TRIES = 4, TIMEOUT_MS = 5000, SEND_TIMEOUT_MS = 15000, SEEN_MS = 1000;
const ASKED_DESCRIPTION = 6000, LONGEST_DESCRIPTION = 20000, LONGEST_SUBJECT = 1000, SNIPPET = 260;
const SESSION_MINUTES = 30, SESSION = "triagem.session", DRAFT = "triagem.draft";

const TEXTS = {
  pt: {
    region: "Ajuda enquanto você escreve", found1: "1 artigo pode ajudar", found: "{n} artigos podem ajudar",
    missing: "Ajudaria saber:", loading: "Abrindo…", elsewhere: "Abrir em outra página",
    unopened: "O artigo não abriu agora.", solved: "Isto resolveu", anyway: "Enviar mesmo assim",
    thanks: "Que bom que resolveu! Não é preciso enviar nada.", back: "Ainda quero enviar",
    subject: "Assunto", description: "O que aconteceu?", requester: "Seu e-mail", optional: "(opcional)", send: "Enviar",
    sending: "Enviando…", sent: "Recebemos o seu pedido. Número: {n}.", another: "Escrever outro",
    failed: "Não foi possível enviar agora. Seu texto continua aqui; tente de novo em instantes.",
    empty: "Escreva o que aconteceu antes de enviar.",
    long: "Cabem aqui {most} caracteres, e este texto tem {n}. Nada foi cortado; encurte-o para enviar.",
    foreign: { en: "em inglês" }
  },
  en: {
    region: "Help while you type", found1: "1 article may help", found: "{n} articles may help",
    missing: "It would help to know:", loading: "Opening…", elsewhere: "Open on its own page",
    unopened: "The article did not open just now.", solved: "This solved it", anyway: "Send anyway",
    thanks: "Glad that it is solved! Nothing needs to be sent.", back: "I still want to send",
    subject: "Subject", description: "What happened?", requester: "Your e-mail", optional: "(optional)", send: "Send",
    sending: "Sending…", sent: "We have got your request. Number: {n}.", another: "Write another",
    failed: "It could not be sent just now. Your text is still here; try again in a moment.",
    empty: "Say what happened before you send.",
    long: "There is room for {most} characters here, and this text has {n}. Nothing was cut; shorten it to send.",
    foreign: { pt: "in Portuguese" }
  }
};

const STYLE = `
:host { display: block; margin-block: .75rem;
  --c-paper: #fff; --c-ink: #1b2430; --c-quiet: #55606e; --c-line: #d5dae1; --c-edge: #79838f;
  --c-accent: var(--triagem-accent, #0b5cad); --c-on: var(--triagem-on-accent, #fff); --c-tint: #f0f5fb;
  --c-mark: #fff1b3; --c-warn: #fdf0d8; --c-warn-ink: #7d4a00; --c-bad: #a3211f; }
@supports (color: light-dark(red, red)) { :host {
  --c-paper: light-dark(#fff, #1a2027); --c-ink: light-dark(#1b2430, #e6eaef); --c-quiet: light-dark(#55606e, #a6b0bc);
  --c-line: light-dark(#d5dae1, #343d48); --c-edge: light-dark(#79838f, #7b8794);
  --c-accent: var(--triagem-accent, light-dark(#0b5cad, #7db7f0));
  --c-on: var(--triagem-on-accent, light-dark(#fff, #0c1a29)); --c-tint: light-dark(#f0f5fb, #1c2a38);
  --c-mark: light-dark(#fff1b3, #5a4a00); --c-warn: light-dark(#fdf0d8, #372a12);
  --c-warn-ink: light-dark(#7d4a00, #f0c071); --c-bad: light-dark(#a3211f, #f5a19f); } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
section, form { color: var(--c-ink); font: inherit; line-height: 1.45; overflow-wrap: anywhere; }
section { background: var(--c-paper); border: 1px solid var(--c-line); border-radius: 6px; padding: .75rem; }
p, ul, ol, h2, h3, h4, h5 { margin: 0; padding: 0; }
section > * + * { margin-top: .625rem; }
h2 { font-size: 1em; }
.list { list-style: none; }
.list > li { border-top: 1px solid var(--c-line); padding-block: .375rem; }
.list > li:first-child { border-top: 0; }
.title { display: block; width: 100%; min-height: 2.25rem; padding: .25rem 0; border: 0; background: none;
  color: var(--c-accent); font: inherit; font-weight: 600; text-align: start; cursor: pointer; }
.title::before { content: "▸ "; } .title[aria-expanded=true]::before { content: "▾ "; }
.passage, .foreign { color: var(--c-quiet); font-size: .9375em; font-weight: 400; }
mark { background: var(--c-mark); color: var(--c-ink); border-radius: 2px; }
.article { margin-top: .375rem; padding: .625rem .75rem; background: var(--c-tint); border-radius: 6px;
  max-height: 24rem; overflow: auto; }
.article > * + * { margin-top: .5rem; }
.article :is(ul, ol) { padding-inline-start: 1.25rem; }
.article :is(h3, h4, h5) { font-size: 1em; }
.article pre { white-space: pre-wrap; margin: 0; } .article blockquote { margin: 0; padding-inline-start: .75rem;
  border-inline-start: 3px solid var(--c-edge); }
.article table { border-collapse: collapse; } .article :is(td, th) { border: 1px solid var(--c-edge); padding: .25rem .5rem; }
a { color: var(--c-accent); }
.go { display: inline; padding: 0; border: 0; background: none; color: var(--c-accent); font: inherit; text-align: start;
  text-decoration: underline; cursor: pointer; }
.facts { padding-inline-start: 1.25rem; }
.due { color: var(--c-quiet); font-size: .9375em; }
.notice { background: var(--c-warn); color: var(--c-warn-ink); border-radius: 6px; padding: .5rem .75rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; }
.button { min-height: 2.5rem; padding: .375rem .875rem; border: 1px solid var(--c-accent); border-radius: 6px;
  background: var(--c-paper); color: var(--c-accent); font: inherit; font-weight: 600; cursor: pointer; }
.button.main { background: var(--c-accent); color: var(--c-on); }
.button[disabled] { opacity: .7; cursor: progress; }
:focus-visible { outline: 3px solid var(--c-accent); outline-offset: 2px; }
.heard { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
form { display: flex; flex-direction: column; gap: .75rem; }
label { display: flex; flex-direction: column; gap: .1875rem; font-weight: 600; }
label span span { font-weight: 400; color: var(--c-quiet); }
input, textarea { width: 100%; min-height: 2.5rem; padding: .375rem .625rem; border: 1px solid var(--c-edge);
  border-radius: 6px; background: var(--c-paper); color: var(--c-ink); font: inherit; font-weight: 400; }
textarea { min-height: 8rem; resize: vertical; }
.failed { color: var(--c-bad); }
`;

// What an article may consist of; of anything else only the words are kept.
const SHOWN = { H1: "h3", H2: "h3", H3: "h4", H4: "h5", H5: "h5", H6: "h5" };
for (const name of "P UL OL LI STRONG EM B I CODE PRE BLOCKQUOTE BR HR TABLE THEAD TBODY TR TH TD DL DT DD".split(" "))
  SHOWN[name] = name.toLowerCase();
const DROPPED = new Set("SCRIPT STYLE TEMPLATE NOSCRIPT IFRAME OBJECT EMBED SVG MATH TITLE TEXTAREA SELECT".split(" "));

function make(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {}))
    if (value === true) element.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function webAddress(text, ...also) {
  try {
    const address = new URL(text);
    return ["https:", "http:", ...also].includes(address.protocol) ? address.href : null;
  } catch { return null; }
}

function link(address, ...children) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

// New nodes for what the allow-list knows of `from`; no node and no attribute of the article itself is used.
function rebuilt(from, depth = 0) {
  const built = document.createDocumentFragment();
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) built.append(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.nodeName.toUpperCase()) || depth > 40) continue;
    const inside = rebuilt(node, depth + 1);
    const address = node.nodeName === "A" ? webAddress(node.getAttribute("href"), "mailto:") : null;
    const article = node.nodeName === "A" && node.dataset.article;
    if (article) built.append(make("button", { type: "button", class: "go", "data-article": article }, inside));
    else if (address) built.append(link(address, inside));
    else if (node.nodeName === "IMG") built.append(node.getAttribute("alt") || "");
    else if (Object.hasOwn(SHOWN, node.nodeName)) built.append(make(SHOWN[node.nodeName], {}, inside));
    else built.append(inside);
  }
  return built;
}

// The part of a passage with most marks, the words that the asker used marked. Offsets count characters, not UTF-16.
function marked(passage, highlights) {
  const letters = [...passage];
  const within = (start) => highlights.filter(([from, to]) => from >= start && to <= start + SNIPPET).length;
  let start = 0;
  if (letters.length > SNIPPET)
    for (const [from] of highlights) {
      const candidate = Math.min(from, letters.length - SNIPPET);
      if (within(candidate) > within(start)) start = candidate;
    }
  while (start > 0 && /\S/.test(letters[start - 1])) start -= 1;
  const end = Math.min(letters.length, start + SNIPPET);
  const built = document.createDocumentFragment();
  let at = start;
  if (start) built.append("… ");
  for (const [from, to] of highlights) {
    if (from < at || to > end) continue;
    built.append(letters.slice(at, from).join(""), make("mark", {}, letters.slice(from, to).join("")));
    at = to;
  }
  built.append(letters.slice(at, end).join("").replace(end < letters.length ? /\s*\S*$/ : /$^/, ""));
  if (end < letters.length) built.append(" …");
  return built;
}

function stored(name, value) {
  try {
    if (value === undefined) return sessionStorage.getItem(name);
    if (value === null) sessionStorage.removeItem(name); else sessionStorage.setItem(name, value);
  } catch { /* a page without storage does without */ }
  return null;
}

const freshId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
let unstored = null;

// Says nothing of who it is, and is forgotten after half an hour without typing or with the tab.
function session() {
  const now = Date.now();
  let [id, until] = (stored(SESSION) || unstored || "").split(" ");
  if (!/^[0-9a-f]{32}$/.test(id) || !(Number(until) > now)) id = freshId();
  unstored = `${id} ${now + SESSION_MINUTES * 60000}`;
  stored(SESSION, unstored);
  return id;
}

class TriagemHelp extends HTMLElement {
  connectedCallback() {
    if (this.root) return;
    this.root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];
    const wanted = this.option("lang") || document.documentElement.lang || navigator.language || "pt";
    this.language = /^pt\b/i.test(wanted) ? "pt-BR" : "en";
    this.texts = TEXTS[this.language.slice(0, 2)];
    this.items = new Map();
    this.told = new Set();
    this.changed = this.failures = this.quietUntil = this.typedAt = 0;
    this.gap = SETTLED_MS / 2;
    this.asked = "";
    this.length = 0;
    this.build();
    const outer = this.option("form") ? document.querySelector(this.option("form")) : this.closest("form");
    if (outer) this.attach(outer); else this.standAlone();
    for (const field of [this.fields.subject, this.fields.description])
      if (field) field.addEventListener("input", () => this.typed());
    this.form.addEventListener("submit", () => this.submitted());
    if (this.words()) this.typed();
  }

  option(name) {
    return this.dataset[name] || (script && script.dataset[name]) || "";
  }

  attach(form) {
    const field = (name, otherwise) => {
      const named = this.option(name);
      return (named && (form.querySelector(named) || document.querySelector(named))) || form.querySelector(otherwise);
    };
    this.form = form;
    // Our own form's button is as near; a company's may stand anywhere.
    this.choice.append(this.button(this.texts.anyway, () => this.anyway()));
    this.fields = {
      subject: field("subject", "[name=subject]"),
      description: field("description", "textarea"),
      requester: field("requester", "[name=requester]"),
    };
    this.root.append(this.heard, this.panel);
  }

  standAlone() {
    const { texts } = this;
    const field = (name, label, element, optional) => {
      this.fields[name] = element;
      return make("label", {}, make("span", {}, label, optional ? make("span", {}, " " + texts.optional) : null), element);
    };
    // Not `maxlength`, with which a browser cuts what is pasted and says nothing.
    const limited = (name, label, element, most, optional) => {
      const told = make("p", { class: "failed", id: `l${freshId()}`, role: "status", hidden: true });
      element.setAttribute("aria-describedby", told.id);
      this.limits.push({ element, most, told });
      return [field(name, label, element, optional), told];
    };
    this.fields = {};
    this.limits = [];
    this.send = make("button", { class: "button main" }, texts.send);
    this.trouble = make("p", { class: "failed", role: "alert" });
    this.form = make("form", { lang: this.language, novalidate: true },
      field("requester", texts.requester, make("input", { type: "email", autocomplete: "email", maxlength: 200 }), true),
      ...limited("subject", texts.subject, make("input"), LONGEST_SUBJECT, true),
      ...limited("description", texts.description, make("textarea"), LONGEST_DESCRIPTION),
      this.heard, this.panel, this.trouble, make("div", { class: "row" }, this.send));
    this.done = make("section", { hidden: true, tabindex: -1, lang: this.language });
    this.root.append(this.form, this.done);
    this.own = true;
    this.restoreDraft();
    this.tooLong();
    this.form.addEventListener("input", () => {
      this.trouble.textContent = "";
      this.tooLong();
      this.keepDraft();
    });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.sendRequest(); });
  }

  button(text, then, main) {
    const made = make("button", { type: "button", class: main ? "button main" : "button" }, text);
    made.addEventListener("click", then);
    return made;
  }

  build() {
    const { texts } = this;
    this.heard = make("div", { class: "heard", role: "status", "aria-live": "polite", lang: this.language });
    this.heading = make("h2", {});
    this.list = make("ul", { class: "list" });
    this.facts = make("ul", { class: "facts" });
    this.factsBox = make("div", { hidden: true }, make("p", {}, texts.missing), this.facts);
    this.notice = make("p", { class: "notice", role: "status", hidden: true });
    this.due = make("p", { class: "due", hidden: true });
    this.choice = make("div", { class: "row", hidden: true },
      this.button(texts.solved, () => this.solved(), true));
    this.help = make("div", {}, this.heading, this.list);
    this.panel = make("section", { "aria-label": texts.region, lang: this.language, hidden: true },
      this.help, this.notice, this.factsBox, this.due, this.choice);
    this.thanks = make("section", { hidden: true, tabindex: -1, lang: this.language }, make("p", {}, texts.thanks),
      this.button(texts.back, () => this.unsolved()));
  }

  // ---- asking

  words() {
    const value = (field, most) => (field ? field.value.slice(0, most) : "");
    const subject = value(this.fields.subject, LONGEST_SUBJECT);
    const description = value(this.fields.description, ASKED_DESCRIPTION);
    return (subject + description).trim().length < SHORTEST ? null : { subject, description };
  }

  typed() {
    if (this.stopped) return;
    const words = this.words();
    const length = words ? words.subject.length + words.description.length : 0;
    this.changed += Math.max(1, Math.abs(length - this.length));
    this.length = length;
    const gap = performance.now() - this.typedAt;
    if (gap < SETTLED_MOST_MS) this.gap = 0.7 * this.gap + 0.3 * gap;
    this.typedAt = performance.now();
    clearTimeout(this.timer);
    if (!words) {
      this.flight?.abort();
      this.asked = "";
      this.show(null);
      return;
    }
    const settled = Math.min(SETTLED_MOST_MS, Math.max(SETTLED_MS, 2 * this.gap));
    const pause = this.changed >= ENOUGH_CHARACTERS ? PAUSE_MS : settled;
    this.timer = setTimeout(() => this.ask(), Math.max(pause, this.quietUntil - Date.now()));
  }

  async ask() {
    const words = this.words();
    const asked = words && `${words.subject}\n${words.description}`.replace(/\s+/g, " ").trim();
    if (!asked || asked === this.asked) return;
    this.flight?.abort();
    const flight = this.flight = new AbortController();
    const overdue = setTimeout(() => flight.abort("overdue"), TIMEOUT_MS);
    this.asked = asked;
    this.changed = 0;
    try {
      const answer = await this.call("v1/suggest", flight.signal,
        { ...words, language: this.language, channel: "form", session_id: session(), limit: 3 });
      this.failures = 0;
      this.show(answer);
    } catch (problem) {
      if (this.flight === flight && !(flight.signal.aborted && flight.signal.reason !== "overdue")) this.fail(problem);
    } finally {
      clearTimeout(overdue);
      if (this.flight === flight) this.flight = null;
    }
  }

  // The JSON of an answer. Throws an object with the `status` and `wait` (seconds) of a refusal.
  async call(path, signal, body, keepalive) {
    const headers = { "Content-Type": "application/json" };
    if (this.option("key")) headers.Authorization = `Bearer ${this.option("key")}`;
    const answer = await fetch(new URL(path, script ? script.src : location.href), {
      method: body ? "POST" : "GET", headers, signal, keepalive, credentials: "omit", referrerPolicy: "no-referrer",
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw { status: answer.status, wait: Number(answer.headers.get("Retry-After")) || 0 };
    return answer.json();
  }

  // Away, slow or full: the form goes on as if we were not there, and we ask again later, each time less.
  fail(problem) {
    this.asked = "";
    this.show(null);
    if (problem.status === 401 || problem.status === 403) {
      this.stopped = true;
      console.warn("Triagem: this key does not work from this page.");
      return;
    }
    this.failures += 1;
    const wait = Math.min(60, Math.max(problem.wait || 0, 2 ** this.failures));
    this.quietUntil = Date.now() + wait * 1000;
    clearTimeout(this.timer);
    if (this.failures < TRIES) this.timer = setTimeout(() => this.ask(), wait * 1000);
  }

  report(event, more) {
    if (!this.suggestion) return;
    const body = { suggestion_id: this.suggestion, event, session_id: session(), ...more };
    this.call("v1/feedback", undefined, body, true).catch(() => {});
  }

  // ---- showing

  show(answer) {
    const { texts } = this;
    const articles = answer ? answer.articles : [];
    if (answer) this.suggestion = answer.suggestion_id;
    const keep = new Map();
    for (const article of articles) keep.set(article.article_id, this.item(article));
    // What somebody reads stays, even when other words would no longer find it.
    for (const [id, item] of this.items) if (!keep.has(id) && item.open) keep.set(id, item);
    const listed = [...this.items.keys()].join();
    for (const [id, item] of this.items) if (!keep.has(id)) item.element.remove();
    let at = this.list.firstElementChild;
    for (const { element } of keep.values()) {
      if (element === at) at = at.nextElementSibling; else this.list.insertBefore(element, at);
    }
    this.items = keep;
    const found = keep.size === 1 ? texts.found1 : texts.found.replace("{n}", keep.size);
    this.heading.textContent = keep.size ? found : "";
    this.help.hidden = this.choice.hidden = !keep.size;
    if ([...keep.keys()].join() !== listed) {
      this.heard.textContent = keep.size ? found : "";
      clearTimeout(this.seen);
      if (articles.length) this.seen = setTimeout(() => this.report("shown"), SEEN_MS);
    }
    this.facts.replaceChildren(...(answer ? answer.missing : []).map(({ question }) => make("li", {}, question)));
    this.factsBox.hidden = !this.facts.childElementCount;
    this.say(this.notice, answer ? answer.notices.join(" ") : "");
    this.say(this.due, answer ? answer.expected_response : "");
    this.panel.hidden = this.isSolved || !(keep.size || answer);
    this.dispatchEvent(new CustomEvent("triagem:shown", { bubbles: true, composed: true, detail: keep.size }));
  }

  say(element, text) {
    if (element.textContent !== text) element.textContent = text;
    element.hidden = !text;
  }

  item(article) {
    let item = this.items.get(article.article_id);
    if (!item) {
      const body = make("div", { class: "article", id: `a${freshId()}`, role: "region", tabindex: 0, hidden: true });
      const title = make("button", { type: "button", class: "title", "aria-expanded": "false", "aria-controls": body.id });
      const passage = make("p", { class: "passage" });
      item = { element: make("li", {}, title, passage, body), title, passage, body, open: false, read: false, turn: 0 };
      title.addEventListener("click", () => this.toggle(item));
      body.setAttribute("aria-label", article.title);
      body.addEventListener("click", (event) => {
        const linked = event.target.closest("[data-article]");
        if (linked) this.read(item, linked.dataset.article);
      });
    }
    item.article = article;
    item.element.lang = article.language === "und" ? "" : article.language;
    const foreign = this.texts.foreign[article.language];
    if (item.named !== article.title + foreign) {
      item.title.replaceChildren(article.title);
      if (foreign) item.title.append(" ", make("span", { class: "foreign", lang: this.language }, `(${foreign})`));
    }
    item.named = article.title + foreign;
    item.passage.replaceChildren(marked(article.passage, article.highlights || []));
    item.passage.hidden = item.open || !article.passage;
    return item;
  }

  async toggle(item) {
    item.open = !item.open;
    item.title.setAttribute("aria-expanded", String(item.open));
    item.body.hidden = !item.open;
    item.passage.hidden = item.open;
    if (!item.open || item.read) return;
    this.opened = item.article.article_id;
    const once = `${session()} ${this.opened}`;
    if (!this.told.has(once)) this.report("opened", { article_id: this.opened });
    this.told.add(once);
    await this.read(item, this.opened);
  }

  // In the item's place its own article, or one that is linked in it, with the way back: whichever was asked for last.
  async read(item, id) {
    const { texts } = this, { article, body } = item;
    const own = id === article.article_id, turn = (item.turn += 1);
    const follows = body.contains(this.root.activeElement);
    body.replaceChildren(make("p", {}, texts.loading));
    if (follows) body.focus();
    const back = own ? [] : [make("p", {},
      make("button", { type: "button", class: "go", "data-article": article.article_id }, "← " + article.title))];
    const source = (address) => {
      const page = webAddress(address);
      return page ? [make("p", {}, link(page, texts.elsewhere))] : [];
    };
    try {
      const path = id.split("/").map(encodeURIComponent).join("/");
      const whole = await this.call(`v1/suggest/articles/${path}`, AbortSignal.timeout(TIMEOUT_MS));
      if (turn !== item.turn) return;
      const parsed = new DOMParser().parseFromString(whole.html, "text/html");
      const first = parsed.body.firstElementChild;
      if (first && first.textContent.trim() === whole.title) first.remove();
      body.lang = whole.language === "und" ? "" : whole.language;
      body.setAttribute("aria-label", whole.title);
      body.replaceChildren(...back, ...(own ? [] : [make("h3", {}, whole.title)]), rebuilt(parsed.body), ...source(whole.url));
      item.read = own;
    } catch {
      if (turn !== item.turn) return;
      const told = make("p", { class: "due" }, texts.unopened);
      body.replaceChildren(...back, ...(own ? [make("p", {}, article.passage)] : []), told, ...(own ? source(article.url) : []));
    }
    body.scrollTop = 0;
  }

  // ---- deciding

  solved() {
    this.report("solved", { ...(this.opened ? { article_id: this.opened } : {}), ...this.whose() });
    this.isSolved = true;
    if (this.own) this.trouble.textContent = "";
    this.panel.hidden = true;
    this.panel.after(this.thanks);
    this.thanks.hidden = false;
    this.thanks.focus();
    stored(DRAFT, null);
    this.dispatchEvent(new CustomEvent("triagem:solved", { bubbles: true, composed: true, detail: this.opened || null }));
  }

  unsolved() {
    this.isSolved = false;
    this.thanks.hidden = true;
    this.panel.hidden = !this.items.size;
    this.report("rejected");
    (this.fields.description || this.fields.subject).focus();
  }

  anyway() {
    this.report("rejected");
    this.form.requestSubmit();
  }

  submitted() {
    clearTimeout(this.timer);
    clearTimeout(this.seen);
    if (!this.own) this.report("submitted", this.whose());
  }

  whose() {
    const requester = this.fields.requester ? this.fields.requester.value.trim().slice(0, 200) : "";
    return requester ? { requester } : {};
  }

  // ---- our own form

  keepDraft() {
    const { subject, description } = this.fields;
    stored(DRAFT, JSON.stringify([subject.value, description.value]));
  }

  restoreDraft() {
    try {
      [this.fields.subject.value, this.fields.description.value] = JSON.parse(stored(DRAFT)) || ["", ""];
    } catch { /* nothing was kept */ }
  }

  // The first field that holds more than can be sent; beside each such field it is said how much.
  tooLong() {
    const number = (count) => count.toLocaleString(this.language);
    const over = this.limits.filter(({ element, most, told }) => {
      const length = [...element.value].length, text = this.texts.long;
      this.say(told, length > most ? text.replace("{most}", number(most)).replace("{n}", number(length)) : "");
      element.setAttribute("aria-invalid", String(length > most));
      return length > most;
    });
    return over.length ? over[0].element : null;
  }

  async sendRequest() {
    const { texts, fields } = this;
    this.trouble.textContent = "";
    if (!(fields.subject.value + fields.description.value).trim()) {
      this.trouble.textContent = texts.empty;
      fields.description.focus();
      return;
    }
    const long = this.tooLong();
    if (long) {
      long.focus();
      return;
    }
    // The same request again is the same ticket, should an answer have been lost on its way.
    const words = JSON.stringify([fields.subject.value, fields.description.value]);
    if (this.sentWords !== words) [this.sentWords, this.requestId] = [words, freshId()];
    this.send.disabled = true;
    this.send.textContent = texts.sending;
    try {
      const sent = await this.call("v1/requests", AbortSignal.timeout(SEND_TIMEOUT_MS), {
        subject: fields.subject.value, description: fields.description.value, language: this.language,
        request_id: this.requestId, ...this.whose() });
      if (!this.choice.hidden) this.report("rejected");
      this.report("submitted", { ticket_id: sent.ticket_id, ...this.whose() });
      this.finish(sent);
    } catch {
      this.trouble.textContent = texts.failed;
    }
    this.send.disabled = false;
    this.send.textContent = texts.send;
  }

  finish(sent) {
    const { texts } = this;
    stored(DRAFT, null);
    const again = make("button", { type: "button", class: "button" }, texts.another);
    again.addEventListener("click", () => this.restart());
    this.done.replaceChildren(make("p", {}, texts.sent.replace("{n}", sent.ticket_id)),
      make("p", { class: "due" }, sent.expected_response), again);
    this.form.hidden = true;
    this.done.hidden = false;
    this.done.focus();
    this.dispatchEvent(new CustomEvent("triagem:sent", { bubbles: true, composed: true, detail: sent.ticket_id }));
  }

  restart() {
    this.fields.subject.value = this.fields.description.value = "";
    this.asked = this.opened = this.sentWords = "";
    this.suggestion = null;
    for (const { element } of this.items.values()) element.remove();
    this.items = new Map();
    this.show(null);
    this.done.hidden = true;
    this.form.hidden = false;
    this.fields.description.focus();
  }
}

// Beside the named form; else where the page has put us; else where the script stands.
function begin() {
  customElements.define(TAG, TriagemHelp);
  if (document.querySelector(TAG)) return;
  const form = script && script.dataset.form ? document.querySelector(script.dataset.form) : null;
  const help = document.createElement(TAG);
  if (form) {
    let last = form.querySelector("button[type=submit], button:not([type]), input[type=submit]");
    while (last && last.parentElement !== form) last = last.parentElement;
    if (last) last.before(help); else form.append(help);
  } else if (script && script.dataset.form) {
    console.warn("Triagem: there is no form " + script.dataset.form);
  } else if (script && script.parentElement !== document.head) {
    script.after(help);
  } else {
    document.body.append(help);
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
