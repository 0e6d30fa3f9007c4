/*
 * hand - a hand on Debian's Chromium for the tests in Python beside it.
 *
 * Reads one JSON line a wish ({"do": VERB, ...}), answers with one ({"ok": …}
 * or {"error": …}).  Knows nothing of Evenkeel: tabs, keys, what is seen.
 * Ends with its input, and its browser with it.
 */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const ARGS = [
	"--no-sandbox", "--disable-gpu", "--disable-background-networking",
	"--disable-component-update", "--disable-sync", "--no-first-run",
	"--disable-quic",
];
const LIMIT = 20000;

const contexts = [];
const tabs = [];
let browser = null;

/* Every document that was shown in a tab, or failed to be. */
function watch(page) {
	const tab = { page, loads: [], sent: [], gone: 0 };
	page.setDefaultTimeout(LIMIT);
	page.on("response", (response) => {
		const request = response.request();
		if (request.isNavigationRequest() &&
		    request.frame() === page.mainFrame())
			tab.loads.push({
				method: request.method(), url: response.url(),
				status: response.status(),
				headers: response.headers(),
			});
		else
			tab.sent.push({ url: response.url(),
				status: response.status() });
	});
	page.on("requestfailed", (request) => tab.sent.push(
		{ url: request.url(), status: 0,
			error: request.failure()?.errorText }));
	tabs.push(tab);
	return tab;
}

function options(wish) {
	return {
		viewport: { width: wish.width ?? 1280, height: wish.height ?? 900 },
		deviceScaleFactor: wish.scale ?? 1,
		colorScheme: wish.dark ? "dark" : "light",
		javaScriptEnabled: wish.js ?? true,
		forcedColors: wish.forced ? "active" : "none",
		reducedMotion: "reduce",
	};
}

/* A control that was pressed leads to a document; its end is waited for. */
async function leads(tab, press) {
	const before = tab.loads.length;
	await Promise.all([
		tab.page.waitForEvent("framenavigated", {
			predicate: (frame) => frame === tab.page.mainFrame() }),
		press(),
	]);
	await tab.page.waitForLoadState("load");
	return tab.loads.slice(before);
}

function find(tab, wish) {
	const within = wish.within ? tab.page.locator(wish.within) : tab.page;
	return within.getByRole(wish.role,
		{ name: wish.name, exact: wish.exact ?? true }).nth(wish.nth ?? 0);
}

/* What has the keyboard, as a person would name it. */
function focused() {
	const at = document.activeElement;
	if (at === null || at === document.body)
		return { tag: "", name: "", type: "", seen: false };
	const box = at.getBoundingClientRect();
	const label = at.labels?.[0]?.innerText ?? at.innerText ?? "";
	const outline = getComputedStyle(at);
	return {
		tag: at.tagName.toLowerCase(), type: at.type ?? "",
		name: (at.getAttribute("aria-label") ?? label).trim(),
		field: at.name ?? "", value: at.value ?? "",
		legend: at.closest("fieldset")?.querySelector("legend")
			?.innerText.trim() ?? "",
		seen: box.width > 0 && box.height > 0 && box.right > 0 &&
			box.bottom > 0 && box.left < innerWidth &&
			box.top < innerHeight,
		ring: outline.outlineStyle !== "none" &&
			parseFloat(outline.outlineWidth) >= 2,
	};
}

/* What is wider than the window, cut off, or out of reach to the left. */
function cut() {
	const found = [];
	const root = document.documentElement;
	if (root.scrollWidth > root.clientWidth)
		found.push(`the page is ${root.scrollWidth} wide, ` +
			`the window ${root.clientWidth}`);
	for (const one of document.body.querySelectorAll("*")) {
		const style = getComputedStyle(one);
		const box = one.getBoundingClientRect();
		if (style.display === "none" || style.visibility === "hidden" ||
		    box.width <= 1 || one.closest(".skip, .said"))
			continue;
		const name = one.tagName.toLowerCase() + " " +
			JSON.stringify((one.innerText ?? "").slice(0, 40));
		if (box.left < -0.5 || box.right > root.clientWidth + 0.5)
			found.push(`${name} reaches from ${box.left} to ${box.right}`);
		if (style.overflowX !== "visible" &&
		    !one.matches("input, textarea") &&
		    one.scrollWidth > one.clientWidth + 1)
			found.push(`${name} is cut: ${one.scrollWidth} of ` +
				`${one.clientWidth}`);
		if (style.textOverflow === "ellipsis")
			found.push(`${name} may end in dots`);
	}
	return found;
}

/* Role and name of what a screen reader is told, indented by depth. */
async function tree(tab) {
	const cdp = await tab.page.context().newCDPSession(tab.page);
	const { nodes } = await cdp.send("Accessibility.getFullAXTree");
	await cdp.detach();
	const byId = new Map(nodes.map((node) => [node.nodeId, node]));
	const lines = [];
	const states = ["level", "checked", "disabled", "invalid", "required",
		"multiline", "pressed", "expanded", "live"];
	const walk = (node, depth) => {
		const role = node.role?.value;
		const skip = node.ignored || role === "none" ||
			role === "InlineTextBox" || role === "LineBreak" ||
			role === "generic" && !node.name?.value;
		if (!skip) {
			let line = "  ".repeat(depth) + role;
			if (node.name?.value)
				line += " " + JSON.stringify(node.name.value);
			if (node.description?.value)
				line += " described by " +
					JSON.stringify(node.description.value);
			for (const one of node.properties ?? [])
				if (states.includes(one.name) &&
				    (one.name !== "level" || role === "heading") &&
				    ![false, "false"].includes(one.value.value))
					line += ` ${one.name}=${one.value.value}`;
			lines.push(line);
		}
		for (const id of node.childIds ?? [])
			if (byId.has(id))
				walk(byId.get(id), skip ? depth : depth + 1);
	};
	walk(nodes[0], 0);
	return lines.join("\n") + "\n";
}

const verbs = {
	/* With a folder: a browser with a profile, in which it may remember. */
	async launch(wish) {
		const how = { executablePath: "/usr/bin/chromium",
			headless: !wish.headed,
			args: ARGS.concat(wish.args ?? []), timeout: 60000,
			ignoreDefaultArgs: wish.plain ?? [] };
		if (!wish.dir) {
			browser = await chromium.launch(how);
			return null;
		}
		const context = await chromium.launchPersistentContext(
			wish.dir, { ...how, ...options(wish), viewport: null,
				deviceScaleFactor: undefined });
		contexts.push(context);
		context.pages().forEach(watch);
		context.on("page", watch);
		return null;
	},
	async context(wish) {
		contexts.push(await browser.newContext(options(wish)));
		return contexts.length - 1;
	},
	async tab(wish) {
		return tabs.indexOf(watch(await contexts[wish.context].newPage()));
	},
	/* The tab that shows something the last; another program opened it. */
	async newest(wish) {
		const until = Date.now() + LIMIT;
		while (tabs.length <= wish.after && Date.now() < until)
			await new Promise((done) => setTimeout(done, 20));
		const tab = tabs[tabs.length - 1];
		await tab.page.waitForLoadState("load");
		return tabs.length - 1;
	},
	tabs: async () => tabs.length,
	settled: (wish, tab) => tab.page.waitForLoadState("load"),
	async goto(wish, tab) {
		const before = tab.loads.length;
		await tab.page.goto(wish.url);
		return tab.loads.slice(before);
	},
	back: (wish, tab) => leads(tab, () => tab.page.evaluate("history.back()")),
	goback: async (wish, tab) => {
		await tab.page.goBack();
		return tab.page.url();
	},
	reload: async (wish, tab) => (await tab.page.reload())?.status() ?? 0,
	follow: (wish, tab) => leads(tab, () => find(tab, wish).click()),
	click: (wish, tab) => find(tab, wish).click(),
	check: (wish, tab) => find(tab, wish).check(),
	/* A radio button of a group by the start of its name. */
	async choose(wish, tab) {
		const group = tab.page.getByRole("group",
			{ name: wish.group, exact: true });
		if (await group.count() === 0)
			return false;
		const start = wish.option.replace(/[^\w ]/g, "\\$&");
		await group.getByRole("radio",
			{ name: new RegExp(`^${start}(?!\\w)`) }).check();
		return true;
	},
	fill: (wish, tab) => find(tab, wish).fill(wish.text),
	count: (wish, tab) => find(tab, { ...wish, nth: 0 }).count(),
	press: async (wish, tab) => {
		for (let i = 0; i < (wish.times ?? 1); i++)
			await tab.page.keyboard.press(wish.key);
		return tab.page.evaluate(focused);
	},
	enter: (wish, tab) => leads(tab, () => tab.page.keyboard.press(
		wish.key ?? "Enter")),
	type: (wish, tab) => tab.page.keyboard.type(wish.text),
	focused: (wish, tab) => tab.page.evaluate(focused),
	text: (wish, tab) => tab.page.evaluate("document.body.innerText"),
	html: (wish, tab) => tab.page.content(),
	title: (wish, tab) => tab.page.title(),
	url: async (wish, tab) => tab.page.url(),
	loads: async (wish, tab) => tab.loads,
	sent: async (wish, tab) => tab.sent,
	runs: (wish, tab) => leads(tab, () => tab.page.evaluate(wish.code)),
	evaluate: (wish, tab) => tab.page.evaluate(wish.code),
	cut: (wish, tab) => tab.page.evaluate(cut),
	tree: (wish, tab) => tree(tab),
	async size(wish, tab) {
		await tab.page.setViewportSize(
			{ width: wish.width, height: wish.height ?? 900 });
	},
	media: (wish, tab) => tab.page.emulateMedia(wish.media),
	async shot(wish, tab) {
		await tab.page.screenshot({ path: wish.path, fullPage: true,
			animations: "disabled" });
	},
	async pdf(wish, tab) {
		await tab.page.pdf({ path: wish.path, format: "A4" });
	},
	/* What axe finds, and what it cannot tell: [[kind, rule, element, why],
	 * ...]; all its rules, the experimental and the strictest too, or those
	 * of `only`. */
	async axe(wish, tab) {
		await tab.page.evaluate(axeSource);
		return tab.page.evaluate(async (only) => {
			const every = axe.getRules().map((rule) => rule.ruleId);
			const told = await axe.run(document, {
				runOnly: { type: "rule", values: only ?? every },
				resultTypes: ["violations", "incomplete"] });
			const lines = (kind, list) => list.flatMap((rule) =>
				rule.nodes.map((node) => [kind, rule.id,
					node.target.join(" "),
					node.failureSummary ?? rule.help]));
			return { found: lines("violation", told.violations)
				.concat(lines("cannot tell", told.incomplete)),
				rules: every.length };
		}, wish.only ?? null);
	},
	async close(wish, tab) {
		await (tab ? tab.page.close() : contexts[wish.context].close());
	},
	async version() {
		return browser.version();
	},
};

async function answer(line) {
	const wish = JSON.parse(line);
	try {
		const ok = await verbs[wish.do](wish, tabs[wish.tab]);
		return { ok: ok ?? null };
	} catch (error) {
		return { error: `${wish.do}: ${error.message}` };
	}
}

for await (const line of createInterface({ input: process.stdin }))
	process.stdout.write(JSON.stringify(await answer(line)) + "\n");
for (const context of contexts)
	await context.close().catch(() => {});
await browser?.close();
