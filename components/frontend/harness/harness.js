// A stand-in for Streamlit: mounts built components under shadow roots and records what they send.
// A test drives it through window.harness; see README.md.

const mounted = new Map();

/** What feeds answer, by the beginning of their address: each news is told once, in turn. */
const news = new Map();
const asked = [];
let told = 0;
const fetchFile = window.fetch.bind(window);
window.fetch = async (address, options) => {
  const feed = String(address).split("/feed/")[1];
  if (feed === undefined) return fetchFile(address, options);
  asked.push(feed);
  const headers = { "Highrise-Seconds": "0.02", "Highrise-Version": String(++told) };
  const [, waiting] = [...news].find(([name]) => feed.startsWith(name)) ?? [];
  const next = waiting?.shift();
  return next === undefined ? new Response(null, { status: 204, headers }) : Response.json(next, { headers });
};

/** Has a feed tell something. */
function tell(name, each) {
  news.set(name, [...(news.get(name) ?? []), each]);
}

async function mount(name, data, { id = name, width = null } = {}) {
  const { default: render } = await import(`../../${name}/assets/index.js`);
  const { element, parentElement } = await place(name, id, width);
  const instance = { name, id, width, element, parentElement, render, data, states: [], triggers: [], onState: null };
  mounted.set(id, instance);
  call(instance);
}

/** An element of the page with a shadow root that has the component's style sheet. */
async function place(name, id, width) {
  const element = document.createElement("div");
  element.dataset.component = id;
  if (width !== null) element.style.width = `${width}px`;
  document.querySelector("#stage").append(element);
  const parentElement = element.attachShadow({ mode: "open" });
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `../../${name}/assets/index.css`;
  const loaded = new Promise((resolve) => sheet.addEventListener("load", resolve, { once: true }));
  parentElement.append(sheet);
  await loaded;
  return { element, parentElement };
}

/** As Streamlit does now and then, in the middle of whatever a person does. */
async function remount(id, changes = {}) {
  const instance = mounted.get(id);
  instance.cleanup?.();
  instance.element.remove();
  Object.assign(instance, await place(instance.name, id, instance.width));
  update(id, changes);
}

function call(instance) {
  const { name, id, parentElement, data } = instance;
  instance.cleanup = instance.render({
    name,
    key: id,
    data,
    parentElement,
    setStateValue: (key, value) => {
      // Streamlit sends JSON: what is recorded must not change when the component edits its own objects later.
      const message = { key, value: structuredClone(value) };
      instance.states.push(message);
      instance.onState?.(message);
    },
    setTriggerValue: (key, value) => instance.triggers.push({ key, value: structuredClone(value) }),
  });
}

function update(id, changes) {
  const instance = mounted.get(id);
  instance.data = { ...instance.data, ...changes };
  call(instance);
}

function unmount(id) {
  const instance = mounted.get(id);
  instance.cleanup?.();
  instance.element.remove();
  mounted.delete(id);
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  for (const instance of mounted.values()) call(instance);
}

window.harness = {
  mount,
  update,
  unmount,
  remount,
  setTheme,
  tell,
  asked: () => asked,
  states: (id) => mounted.get(id).states,
  triggers: (id) => mounted.get(id).triggers,
  root: (id) => mounted.get(id).parentElement,
  instance: (id) => mounted.get(id),
};
