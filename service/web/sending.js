// While an answer is slow, and when the service is full or away: what was chosen stays on the page and is sent once,
// and a notice says what happened. Its words are the page's own.
"use strict";

const PATIENCE_MS = 1_000;
const RETRY_MS = 3_000;
const notice = document.getElementById("sending");
// The keys of buttons that were pressed while another form was under way; they follow it, if it arrives.
const ahead = [];
let posting = null;

const asksByItself = (ctx) => ["every", "load", "retry"].includes(ctx.sourceEvent?.type);

const tell = (text, ctx) => {
  notice.textContent = text;
  notice.toggleAttribute("data-by-itself", asksByItself(ctx));
};

// Asking again by itself takes back only what it said itself.
const hush = (ctx) => {
  if (!asksByItself(ctx) || notice.hasAttribute("data-by-itself")) notice.textContent = "";
};

const fail = (ctx, said) => {
  ahead.length = 0;
  tell(asksByItself(ctx) ? notice.dataset.goesOn : said || notice.dataset.away, ctx);
  const again = () => ctx.sourceElement.dispatchEvent(new CustomEvent("retry"));
  if (asksByItself(ctx) && ctx.sourceEvent.type !== "every") setTimeout(again, RETRY_MS);
};

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method !== "POST" || !posting) return;
  event.preventDefault();
  const key = ctx.request.submitter?.dataset.key;
  if (key && posting.request.submitter?.dataset.key !== key) ahead.push(key);
});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method === "POST") posting = ctx;
  if (asksByItself(ctx)) return;
  ctx.sourceElement.setAttribute("aria-busy", "true");
  ctx.patience = setTimeout(() => tell(notice.dataset.waits, ctx), PATIENCE_MS);
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const answer = new DOMParser().parseFromString(ctx.text, "text/html");
  const { status } = ctx.response;
  if (status >= 500 || (status >= 400 && !answer.getElementById("main"))) {
    event.preventDefault(); // nothing is exchanged
    // What was redirected was done, or sent to sign in: what is refused is the page after it.
    const unsure = ctx.request.method === "POST" && ctx.response.raw.redirected;
    fail(ctx, unsure ? notice.dataset.unsure : answer.querySelector("[role=alert]")?.textContent);
    return;
  }
  hush(ctx);
  // A link that was followed while a form was under way: the form's answer has exchanged what it was meant for.
  if (ctx.request.method === "GET" && ctx.target?.id && !ctx.target.isConnected) {
    ctx.target = document.getElementById(ctx.target.id);
  }
});

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx && ctx.text === undefined) fail(ctx, "");
});

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  clearTimeout(ctx.patience);
  ctx.sourceElement.removeAttribute("aria-busy");
  if (posting !== ctx) return;
  posting = null;
  const key = ahead.shift();
  if (key) document.querySelector(`button[data-key="${CSS.escape(key)}"]`)?.click();
});
