// The chat page: shows the open chat, does what the customer does, polls for what is new. Words are never set as HTML.
"use strict";

const root = document.body.dataset.root;
const accountName = document.body.dataset.account;
const byId = (id) => document.getElementById(id);
const POLL_MS = 700;
const HIDDEN_POLL_MS = 4000;
const STAMP_AFTER_MS = 5 * 60 * 1000;
const MOST_PICTURE_SIDE = 1080;
const WAYS = { customer_service: "客服消息", mass: "群发", preview: "群发预览", template: "模板消息", notice: "订阅通知" };
const KINDS = { image: "[图片]", voice: "[语音]", video: "[视频]", location: "[位置]", music: "[音乐]", link: "[链接]", msgmenu: "[菜单]", miniprogrampage: "[小程序]", wxcard: "[卡券]" };
const EMOJI = [..."😀😄😁😊🙂😉😍😘😋😜🤔😌😴😅😂🤣😭😢😳😱😡👍👎👏🙏💪👌🤝🌹🎉🎁🎂❤️‍🔥🍵☕🍚🥢🫖🌸🌙☀️🧧✨💯"].filter((one) => one.trim() && !"️‍🔥".includes(one));
const DAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

let openid = new URLSearchParams(location.search).get("customer") || "";
let last = 0;
let lastAt = null;
let shownMenu = "";
let nowIso = "";
let polling = 0;
const seen = new Map(JSON.parse(sessionStorage.getItem("seen") || "[]"));
let opened = sessionStorage.getItem("opened"); // the newest line when the page was opened: what is older is not new

// ---- asking the server

async function ask(path, method = "GET", body = null) {
  const headers = { "X-Weilan-Sandbox": "page" };
  if (body && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(root + path, { method, headers, body });
  } catch {
    throw new Error("连接不上服务器");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.problem || "操作没有成功（" + response.status + "）");
  return answer;
}

async function act(path, body = {}) {
  try {
    const answer = await ask("people/" + encodeURIComponent(openid) + "/" + path, "POST", body);
    poll();
    return answer;
  } catch (error) {
    toast(error.message);
    return null;
  }
}

// ---- small things

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#" + name);
  svg.append(use);
  return svg;
}

function avatar(name, id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return make("span", "avatar c" + (sum % 8), [...name][0] || "客");
}

let toastTimer = 0;
function toast(words) {
  byId("toast").textContent = words;
  byId("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { byId("toast").hidden = true; }, 2200);
}

function question(title, words) {
  const dialog = byId("ask");
  byId("ask-title").textContent = title;
  byId("ask-words").value = words;
  byId("ask-words").hidden = words === null;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? byId("ask-words").value.trim() || "yes" : ""), { once: true });
  });
}
byId("ask-words").addEventListener("keydown", (event) => {
  if (event.key === "Enter") { event.preventDefault(); byId("ask-yes").click(); }
});

// Times come with the shop's own offset: what stands in front of it is shown, wherever the browser is.
const parts = (iso) => { const [, y, mo, d, h, mi] = iso.match(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/).map(Number); return { y, mo, d, h, mi, day: Date.UTC(y, mo - 1, d) }; };
const clock = (at) => String(at.h).padStart(2, "0") + ":" + String(at.mi).padStart(2, "0");

function stamp(iso, nowIso) {
  const at = parts(iso);
  const now = parts(nowIso);
  const days = Math.round((now.day - at.day) / 86400000);
  if (days === 0) return clock(at);
  if (days === 1) return "昨天 " + clock(at);
  if (days > 1 && days < 7) return DAYS[new Date(at.day).getUTCDay()] + " " + clock(at);
  return (at.y === now.y ? "" : at.y + "年") + at.mo + "月" + at.d + "日 " + clock(at);
}

function showNow(iso) {
  nowIso = iso;
  const now = parts(iso);
  byId("now").textContent = `${now.y}年${now.mo}月${now.d}日 ${DAYS[new Date(now.day).getUTCDay()]} ${clock(now)}`;
  for (const mark of document.querySelectorAll(".stamp")) mark.textContent = stamp(mark.dataset.at, iso); // "today" ages
}

// ---- one line of the chat

function words(text) {
  const holder = document.createDocumentFragment();
  const found = /<a\s+[^>]*?href="([^"]*)"[^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"，。；！？）]+)/gi;
  let from = 0;
  for (const match of text.matchAll(found)) {
    holder.append(text.slice(from, match.index));
    holder.append(link(match[1] || match[3], match[2] || match[3]));
    from = match.index + match[0].length;
  }
  holder.append(text.slice(from));
  return holder;
}

function link(address, text) {
  const element = make("a", "", text);
  if (/^https?:\/\//i.test(address)) {
    element.href = address;
    element.target = "_blank";
    element.rel = "noopener noreferrer";
  }
  return element;
}

function photo(line) {
  if (!line.details.media_id) return make("span", "photo none", "图片");
  const image = make("img", "photo");
  image.alt = "图片";
  image.src = root + "media/" + encodeURIComponent(line.details.media_id);
  image.addEventListener("error", () => image.replaceWith(make("span", "photo none", "图片")));
  image.addEventListener("load", toBottom);
  return image;
}

function article(given) {
  const card = link(given.url || "", "");
  card.className = "article";
  const cover = make("span", "cover");
  if (given.cover_id) cover.append(kept(given.cover_id));
  if (/^https?:\/\//i.test(given.pic_url || "")) {
    const image = make("img");
    image.alt = "";
    image.src = given.pic_url;
    image.addEventListener("error", () => image.remove());
    cover.append(image);
  }
  card.append(cover, make("b", "", given.title));
  if (given.description) card.append(make("small", "", given.description));
  return card;
}

function kept(id) {
  const image = make("img");
  image.alt = "";
  image.src = root + "media/" + encodeURIComponent(id);
  image.addEventListener("error", () => image.remove());
  image.addEventListener("load", toBottom);
  return image;
}

function film(line) {
  const card = make("div", "article film");
  const cover = make("span", "cover");
  if (line.details.cover_id) cover.append(kept(line.details.cover_id));
  cover.append(make("span", "play", "▶"));
  card.append(cover, make("b", "", line.text || "视频"));
  return card;
}

function program(line) {
  const card = make("div", "article program");
  const cover = make("span", "cover");
  if (line.details.cover_id) cover.append(kept(line.details.cover_id));
  card.append(make("b", "", line.text), cover, make("small", "", "小程序"));
  return card;
}

function menuOfOptions(line) {
  const bubble = make("div", "bubble");
  bubble.append(words(line.text));
  const list = make("ul", "options");
  for (const option of line.details.options || []) {
    const item = make("li");
    const button = make("button", "", option.content);
    button.type = "button";
    button.addEventListener("click", () => act("option", { id: option.id || option.content, text: option.content }));
    item.append(button);
    list.append(item);
  }
  bubble.append(list);
  if (line.details.tail) bubble.append(make("p", "", line.details.tail));
  return bubble;
}

function place(line) {
  const card = make("div", "sheet place");
  card.append(make("b", "", line.text || "位置"), make("span", "", `${line.details.latitude}, ${line.details.longitude}`), make("div", "map"));
  return card;
}

function voice(line) {
  const bubble = make("div", "bubble voice");
  bubble.append(icon("i-voice"), make("span", "", (line.details.seconds || 3) + "″"));
  return bubble;
}

function templateCard(line) {
  const card = make("div", "slip");
  card.append(make("b", "", line.text));
  const list = make("dl");
  for (const [name, value] of line.details.values || []) list.append(make("dt", "", name), make("dd", "", value));
  card.append(list);
  return card;
}

function shape(line) {
  switch (line.kind) {
    case "image": return [photo(line)];
    case "voice": return [voice(line)];
    case "video": return [film(line)];
    case "miniprogrampage": return [program(line)];
    case "location": return [place(line)];
    case "news": return line.details.articles && line.details.articles.length ? line.details.articles.map(article) : [article({ title: line.text || "图文" })];
    case "msgmenu": return [menuOfOptions(line)];
    case "template": return [templateCard(line)];
    case "link": return [article({ title: line.text, description: line.details.description, url: line.details.url })];
    default: {
      const bubble = make("div", "bubble");
      bubble.append(line.kind === "text" ? words(line.text) : [KINDS[line.kind] || "[" + line.kind + "]", line.text].join(" ").trim());
      return [bubble];
    }
  }
}

function showLine(line, now, name) {
  const lines = byId("lines");
  const at = Date.parse(line.at);
  if (lastAt === null || Math.abs(at - lastAt) > STAMP_AFTER_MS) {
    const mark = make("p", "stamp", stamp(line.at, now));
    mark.dataset.at = line.at;
    lines.append(mark);
  }
  lastAt = at;
  if (line.side === "system" || line.kind === "transfer_customer_service") {
    lines.append(make("p", "note " + line.way, line.kind === "transfer_customer_service" ? "已转接微信客服" : line.text));
    return;
  }
  const message = make("div", "message " + line.side);
  message.dataset.way = line.way;
  message.append(line.side === "customer" ? avatar(name, openid) : make("span", "avatar account", [...accountName][0]));
  const content = make("div", "content" + (["news", "template", "link", "location", "video", "miniprogrampage"].includes(line.kind) ? " wide" : ""));
  content.append(...shape(line));
  if (WAYS[line.way]) content.append(make("span", "way " + line.way, WAYS[line.way]));
  message.append(content);
  lines.append(message);
}

function toBottom() {
  byId("lines").scrollTop = byId("lines").scrollHeight;
}

// ---- polling

async function poll() {
  clearTimeout(polling);
  const asked = openid;
  try {
    if (asked) await news(asked);
    await people();
  } catch (error) {
    toast(error.message);
  }
  clearTimeout(polling);
  polling = setTimeout(poll, document.hidden ? HIDDEN_POLL_MS : POLL_MS);
}

async function news(asked) {
  const answer = await ask(`people/${encodeURIComponent(asked)}/news?after=${last}`);
  if (asked !== openid) return;
  showNow(answer.now);
  showPerson(answer.person);
  showMenu(answer.menu);
  const fresh = answer.lines.filter((line) => line.n > last);
  if (!fresh.length) return;
  for (const line of fresh) showLine(line, answer.now, answer.person.name);
  last = fresh[fresh.length - 1].n;
  see(openid, last);
  toBottom();
}

function see(who, n) {
  seen.set(who, n);
  sessionStorage.setItem("seen", JSON.stringify([...seen]));
}

async function people() {
  const asked = byId("search").value.trim();
  const answer = await ask("people?q=" + encodeURIComponent(asked));
  if (asked !== byId("search").value.trim()) return;
  if (opened === null) {
    opened = Math.max(0, ...answer.people.map((one) => (one.last ? one.last.n : 0)));
    sessionStorage.setItem("opened", opened);
  }
  const list = byId("people-list");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.openid : "";
  list.replaceChildren(...answer.people.map(person));
  if (focused) [...list.querySelectorAll("button")].find((one) => one.dataset.openid === focused)?.focus({ preventScroll: true });
  if (!answer.people.length) list.append(make("li", "nobody", asked ? "没有找到这位客户" : "还没有客户"));
  if (!openid && answer.people.length) open(answer.people[0].openid);
}

function person(one) {
  const item = make("li", one.following ? "" : "away");
  const button = make("button");
  button.type = "button";
  button.dataset.openid = one.openid;
  button.setAttribute("aria-current", String(one.openid === openid));
  const box = make("span", "avatar-box");
  box.append(avatar(one.name, one.openid));
  if (one.last && one.last.side === "account" && one.last.n > Number(seen.get(one.openid) || opened) && one.openid !== openid) box.append(make("span", "dot", "新"));
  const who = make("span", "who");
  const text = one.last ? (one.last.text || KINDS[one.last.kind] || "").split("\n")[0] : "";
  who.append(make("b", "", one.name), make("span", "", one.following ? text : "未关注"));
  button.append(box, who, make("span", "when", one.last ? stamp(one.last.at, nowIso || one.last.at).split(" ")[0] : ""));
  button.addEventListener("click", () => open(one.openid));
  item.append(button);
  return item;
}

function showPerson(one) {
  byId("about-avatar").replaceWith(Object.assign(avatar(one.name, one.openid), { id: "about-avatar" }));
  byId("about-name").textContent = one.name;
  byId("following").checked = one.following;
  byId("takes-templates").checked = one.takesTemplates;
  byId("replies-left").textContent = one.repliesLeft ? one.repliesLeft + " 条" : "窗口已关";
  byId("openid").textContent = one.openid;
  byId("in-console").href = "../console/customers?text=" + encodeURIComponent(one.openid);
  byId("welcome").hidden = one.following;
  byId("foot").hidden = !one.following;
}

function open(who) {
  byId("people").classList.remove("open");
  byId("shade").hidden = true;
  openid = who;
  last = 0;
  lastAt = null;
  byId("lines").replaceChildren();
  history.replaceState(null, "", "?customer=" + encodeURIComponent(who));
  poll();
}

// ---- menu and writing

function showMenu(buttons) {
  const now = JSON.stringify(buttons);
  if (now === shownMenu) return;
  shownMenu = now;
  byId("menu").replaceChildren(...buttons.map((button, place) => menuButton(button, place)));
  byId("to-menu").hidden = !buttons.length;
  if (!buttons.length) write(true);
}

function menuButton(button, place) {
  const holder = make("div");
  const subs = button.sub_button || [];
  const top = make("button", subs.length ? "has-sub" : "", button.name);
  holder.append(top);
  if (!subs.length) {
    top.addEventListener("click", () => tapMenu([place]));
    return holder;
  }
  const box = make("div", "sub");
  box.hidden = true;
  subs.forEach((sub, number) => {
    const item = make("button", "", sub.name);
    item.addEventListener("click", () => { box.hidden = true; tapMenu([place, number]); });
    box.append(item);
  });
  top.addEventListener("click", (event) => {
    event.stopPropagation();
    const wasHidden = box.hidden;
    closeSubs();
    box.hidden = !wasHidden;
  });
  holder.append(box);
  return holder;
}

async function tapMenu(position) {
  const answer = await act("menu", { position });
  if (answer && /^https?:\/\//i.test(answer.url)) toast("打开网页：" + answer.url);
}

function closeSubs() {
  document.querySelectorAll(".sub").forEach((box) => { box.hidden = true; });
}
document.addEventListener("click", closeSubs);

function write(yes) {
  byId("menubar").hidden = yes;
  byId("writing").hidden = !yes;
  if (!yes) panel("");
}

function panel(name) {
  for (const id of ["emoji", "more"]) byId(id).hidden = id !== name || !byId(id).hidden;
  toBottom();
}

function textChanged() {
  const text = byId("text");
  byId("send").hidden = !text.value.trim();
  byId("show-more").hidden = Boolean(text.value.trim());
  text.style.height = "auto";
  text.style.height = text.scrollHeight + "px";
}

async function send() {
  const text = byId("text").value;
  if (!text.trim()) return;
  byId("text").value = "";
  textChanged();
  if (!(await act("say", { text }))) {
    byId("text").value = text;
    textChanged();
  }
}

byId("to-keyboard").addEventListener("click", () => { write(true); byId("text").focus(); });
byId("to-menu").addEventListener("click", () => write(false));
byId("text").addEventListener("input", textChanged);
byId("text").addEventListener("focus", () => panel(""));
byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
byId("writing").addEventListener("submit", (event) => { event.preventDefault(); send(); });
byId("show-emoji").addEventListener("click", () => panel("emoji"));
byId("show-more").addEventListener("click", () => panel("more"));
byId("emoji").append(...EMOJI.map((one) => {
  const button = make("button", "", one);
  button.type = "button";
  button.addEventListener("click", () => { byId("text").value += one; textChanged(); });
  return button;
}));
document.querySelectorAll("[data-say]").forEach((button) => button.addEventListener("click", () => { write(true); act("say", { text: button.dataset.say }); }));

// ---- what is behind the plus

const DO = {
  picture: () => byId("picture").click(),
  location: async () => { const label = await question("发送位置", "杭州市西湖区龙井路 1 号"); if (label) act("location", { latitude: 30.2206, longitude: 120.1124, label }); },
  scan: async () => { const scene = await question("扫描二维码（场景值）", "shop-door"); if (scene) act("scan", { scene }); },
  voice: () => act("voice", { seconds: 3 }),
  notice: async (button) => { act("notice", { template: button.dataset.template, accepts: Boolean(await question("允许发送一次「" + button.dataset.title + "」？", null)) }); },
};
document.querySelectorAll("[data-do]").forEach((button) => button.addEventListener("click", () => { panel(""); DO[button.dataset.do](button); }));

byId("picture").addEventListener("change", async () => {
  const file = byId("picture").files[0];
  byId("picture").value = "";
  if (!file) return;
  const form = new FormData();
  form.append("picture", await smaller(file), "picture.jpg");
  act("picture", form);
});

async function smaller(file) {
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, MOST_PICTURE_SIDE / Math.max(image.width, image.height));
    const canvas = make("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.85));
  } catch {
    return file;
  }
}

// ---- around the phone

const STAY = 1500; // ms at each stop on the way: by the second one the pushes of a window have gone out
const movers = document.querySelectorAll("[data-hours], [data-set]");

async function moveTo(at) {
  const answer = await ask("clock", "POST", { set: at });
  showNow(answer.now);
  return answer.next_stop;
}

// A day that was jumped over would have no pushes: it passes, from one push window to the next.
async function pass(hours) {
  const from = await ask("clock");
  const end = Date.parse(from.now) + hours * 3600000;
  for (let stop = from.next_stop; Date.parse(stop) < end; ) {
    stop = await moveTo(stop);
    await new Promise((resolve) => setTimeout(resolve, STAY));
  }
  await moveTo(new Date(end).toISOString());
}

movers.forEach((button) => button.addEventListener("click", async () => {
  movers.forEach((each) => { each.disabled = true; });
  try {
    await (button.dataset.set ? moveTo(button.dataset.set) : pass(Number(button.dataset.hours)));
  } catch (error) {
    toast(error.message);
  }
  movers.forEach((each) => { each.disabled = false; });
}));

byId("following").addEventListener("change", () => act(byId("following").checked ? "follow" : "unfollow"));
byId("takes-templates").addEventListener("change", () => act("templates", { takes: byId("takes-templates").checked }));
byId("follow-here").addEventListener("click", () => act("follow"));
byId("search").addEventListener("input", () => people().catch((error) => toast(error.message)));
byId("meet").addEventListener("click", async () => {
  const name = await question("新客户怎么称呼？", "新朋友");
  if (!name) return;
  try {
    open((await ask("people", "POST", { name })).openid);
  } catch (error) {
    toast(error.message);
  }
});
const DRAWN_BELOW = { people: "(max-width: 760px)", about: "(max-width: 1100px)" }; // as chat.css says
function drawer(id) {
  if (!matchMedia(DRAWN_BELOW[id]).matches) return;
  byId(id).classList.add("open");
  byId("shade").hidden = false;
}
byId("open-people").addEventListener("click", () => drawer("people"));
byId("back").addEventListener("click", () => drawer("people"));
byId("open-about").addEventListener("click", () => drawer("about"));
byId("shade").addEventListener("click", () => {
  byId("people").classList.remove("open");
  byId("about").classList.remove("open");
  byId("shade").hidden = true;
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });

poll();
