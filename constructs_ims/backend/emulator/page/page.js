"use strict";

const PAGE = 50;
const EVERY = 2000;
const at = (id) => document.getElementById(id);
const state = { offset: 0, name: "", shown: null, token: null, canChange: false, texts: new Map(), busy: false };

async function ask(path, method = "GET", body = undefined) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (state.token) headers["X-Auth-Token"] = state.token;
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) {
    const failure = new Error(reason(text) || `${answer.status}`);
    failure.status = answer.status;
    throw failure;
  }
  return { text, headers: answer.headers };
}

function reason(text) {
  try {
    const told = JSON.parse(text);
    const error = told.error || told;
    return [error.message || error.error_msg, error.detail].filter(Boolean).join(" ");
  } catch {
    return "";
  }
}

function say(text, isBad = false) {
  at("status").textContent = text;
  at("status").className = isBad ? "bad" : "";
}

/* Answers that are the same as before change nothing, so that focus and selection stay. */
async function load(name, path, show) {
  const { text } = await ask(path);
  if (state.texts.get(name) !== text) {
    state.texts.set(name, text);
    show(JSON.parse(text));
  }
}

function cell(row, content, tag = "td") {
  const made = document.createElement(tag);
  if (content instanceof Node) made.append(content);
  else made.textContent = content ?? "";
  row.append(made);
  return made;
}

function button(label, described, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.setAttribute("aria-label", described);
  made.addEventListener("click", action);
  return made;
}

function code(text) {
  const made = document.createElement("code");
  made.textContent = text;
  return made;
}

function showImages({ images, total }) {
  const rows = images.map((image) => {
    const row = document.createElement("tr");
    row.dataset.id = image.id;
    cell(row, image.name || "(no name)", "th").scope = "row";
    cell(row, image.status).className = { active: "good", killed: "bad" }[image.status] || "";
    cell(row, image.__os_version);
    cell(row, String(image.min_disk ?? ""));
    cell(row, (image.tags || []).join(", "));
    cell(row, image.created_at);
    cell(row, code(image.id));
    const actions = cell(row, button("Attributes", `Attributes of ${image.name || image.id}`, () => showAttributes(image)));
    if (state.canChange) {
      const name = image.name || image.id;
      actions.append(" ", button("Delete", `Delete ${name}`, () => change(`/_emulator/images/${image.id}`, "DELETE", undefined, `${name} is deleted.`)));
    }
    return row;
  });
  const focused = document.activeElement?.closest("#images-rows tr")?.dataset.id;
  const label = document.activeElement?.getAttribute("aria-label");
  at("images-rows").replaceChildren(...rows);
  if (focused) {
    const again = [...at("images-rows").querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === label);
    (again || at("images")).focus();
  }
  const last = state.offset + images.length;
  at("images-caption").textContent = total ? `${state.offset + 1} to ${last} of ${total} images` : "No images.";
  at("previous").disabled = state.offset === 0;
  at("next").disabled = last >= total;
}

function showAttributes(image) {
  const parts = Object.entries(image).sort().flatMap(([name, value]) => {
    const term = document.createElement("dt");
    term.textContent = name;
    const told = document.createElement("dd");
    told.textContent = typeof value === "string" ? value : JSON.stringify(value);
    return [term, told];
  });
  at("attributes-title").textContent = `Attributes of ${image.name || image.id}`;
  at("attributes-list").replaceChildren(...parts);
  at("attributes").hidden = false;
  at("attributes").focus();
}

function showRequests({ requests, total }) {
  const rows = requests.map((request) => {
    const row = document.createElement("tr");
    cell(row, String(request.number));
    cell(row, request.at);
    cell(row, request.operation);
    cell(row, code(`${request.method} ${request.path}`)).title = request.curl;
    cell(row, String(request.status ?? "no answer")).className = request.status && request.status < 400 ? "good" : "bad";
    return row;
  });
  at("requests-rows").replaceChildren(...rows.reverse());
  at("requests-caption").textContent = total ? `The last ${requests.length} of ${total} requests` : "No requests.";
}

function showFailures({ failures }) {
  const items = failures.map((failure) => {
    const item = document.createElement("li");
    const what = failure.status || failure.drop || failure.body || `after ${failure.delay} s`;
    item.textContent = `${failure.operation}, ${failure.times} times: ${what}`;
    return item;
  });
  at("failures-list").replaceChildren(...items);
}

function showSettings({ loopback, operations }) {
  state.canChange = loopback;
  for (const part of document.querySelectorAll(".changes")) part.hidden = !loopback;
  const select = document.querySelector("select[name=operation]");
  if (!select.options.length) {
    select.replaceChildren(...operations.map((name) => new Option(name)));
  }
}

async function refresh() {
  if (state.busy) return;
  state.busy = true;
  try {
    await load("settings", "/_emulator/page.json", showSettings);
    await load("health", "/_emulator/health", ({ images }) => {
      at("summary").textContent = `${images} images in all projects${state.canChange ? "" : ", to be looked at from here"}`;
    });
    const query = new URLSearchParams({ limit: PAGE, offset: state.offset, name: state.name });
    await load("images", `/_emulator/images?${query}`, showImages);
    await load("requests", `/_emulator/requests?limit=${PAGE}`, showRequests);
    await load("failures", "/_emulator/failures", showFailures);
    await load("clock", "/_emulator/clock", ({ now, advanced }) => {
      at("time").textContent = advanced ? `${now}, moved on by ${advanced} seconds` : now;
    });
    at("sign-in").hidden = true;
    if (at("status").className === "bad" && at("status").dataset.lost) say("The service answers again.");
    delete at("status").dataset.lost;
  } catch (failure) {
    if (failure.status === 401) {
      at("sign-in").hidden = false;
      at("summary").textContent = "Sign in to look at it.";
    } else {
      at("status").dataset.lost = "yes";
      say(`The service does not answer: ${failure.message}`, true);
    }
  } finally {
    state.busy = false;
  }
}

async function change(path, method, body, done) {
  try {
    await ask(path, method, body);
    say(done);
  } catch (failure) {
    say(failure.message, true);
  }
  state.texts.clear();
  await refresh();
}

function onSubmit(id, action) {
  at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    action(new FormData(event.target));
  });
}

onSubmit("failure-form", (form) => {
  const answer = form.get("answer");
  const what = { before: { drop: "before" }, after: { drop: "after" }, truncated: { body: answer }, wrong: { body: answer } };
  const failure = { operation: form.get("operation"), times: Number(form.get("times")), ...(what[answer] || { status: Number(answer) }) };
  change("/_emulator/failures", "POST", failure, `The next ${failure.times} of ${failure.operation} fail.`);
});
onSubmit("clock-form", (form) => {
  change("/_emulator/clock", "POST", { advance: Number(form.get("advance")) }, `The clock is moved on by ${form.get("advance")} seconds.`);
});
onSubmit("sign-in-form", async (form) => {
  const domain = { name: form.get("domain") };
  const user = { name: form.get("user"), password: form.get("password"), domain };
  try {
    const identity = { methods: ["password"], password: { user } };
    const { headers } = await ask("/v3/auth/tokens?nocatalog=true", "POST", { auth: { identity, scope: { domain } } });
    state.token = headers.get("X-Subject-Token");
    at("sign-in-form").reset();
    say("Signed in.");
  } catch (failure) {
    say(failure.message, true);
  }
  refresh();
});
at("filter").addEventListener("submit", (event) => event.preventDefault());
at("filter").addEventListener("input", (event) => {
  state.name = event.target.value;
  state.offset = 0;
  refresh();
});
at("previous").addEventListener("click", () => { state.offset = Math.max(0, state.offset - PAGE); refresh(); });
at("next").addEventListener("click", () => { state.offset += PAGE; refresh(); });
at("close").addEventListener("click", () => { at("attributes").hidden = true; at("images").focus(); });
at("clear-failures").addEventListener("click", () => change("/_emulator/failures", "DELETE", undefined, "Nothing fails any more."));
at("clear-requests").addEventListener("click", () => change("/_emulator/requests", "DELETE", undefined, "The requests are forgotten."));
at("reset").addEventListener("click", () => change("/_emulator/reset", "POST", undefined, "Everything is deleted."));

refresh();
setInterval(refresh, EVERY);
