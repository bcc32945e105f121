// make bench: the figures of the product, as far as they can be measured here: both builds, medians, the target beside them.
// Everything on loopback and without TLS. ONLY words choose rows: size real stats start peak latency event idle web peer.
//
// What is about time is measured by load/ (plain C, raw sockets), so that no interpreter's time is in it. What is bold is over its target.
//
//   DDC_BENCH_RUNS (15) starts    DDC_BENCH_IDLE_S (120) seconds of nothing    DDC_BENCH_CONTAINERS (50)
//   DDC_BENCH_PYTHON (python3) one that has flask and waitress, for the row that compares the web sides; else http.server stands in

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bigSeed } from '../../sandbox/server.js';
import { makeFolder, removeFolder, writeConfig } from '../lib/config.js';
import { Ddc, freePort, processFigures, ROOT } from '../lib/ddc.js';
import { Discord } from '../lib/discord.js';
import { Engine } from '../lib/engine.js';
import { quiet } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { MAXI, TOKEN } from '../lib/world.js';
import { Container } from '../soak/container.js';
import { load } from './load.js';
import { judged, kib, median, ms, percentile, print, table } from './table.js';

const RUNS = Number(process.env.DDC_BENCH_RUNS ?? 15);
const IDLE_S = Number(process.env.DDC_BENCH_IDLE_S ?? 120);
const CONTAINERS = Number(process.env.DDC_BENCH_CONTAINERS ?? 50);
const BUILDS = { dev: join(ROOT, 'build/ddc'), release: join(ROOT, 'build-release/ddc') };
const only = process.argv.slice(2);
const wanted = (word) => only.length === 0 || only.includes(word);

const names = (count) => Array.from({ length: count }, (_, n) => `service-${String(n).padStart(4, '0')}`);
const channelId = (n) => String(1180000000000000111n + BigInt(n));
// the sandbox's world has 111 … as text channels; every fifth is a control channel
const channels = (count, more = {}) => Array.from({ length: count }, (_, n) => ({ id: channelId(n), kind: n % 5 === 4 ? 'control' : 'status', ...more }));

const PYTHON = process.env.DDC_BENCH_PYTHON ?? 'python3';
const REST_S = 66; // "at rest" is after ddc's first look at its memory, a minute after the start
const ROUNDS = 3; // of latencies: the quietest counts, because other work on the machine can only add

const rows = [];
/** values: { dev, release } as texts; over: { dev, release } true where the target is missed. */
const row = (figure, target, values, over = {}) => rows.push({ figure, target, ...judged(values, over) });
const map = (object, fn) => Object.fromEntries(Object.entries(object).map(([k, v]) => [k, fn(v, k)]));
/** A row of one number a build. */
const numbers = (figure, target, values, show, max) => row(figure, target, map(values, show), map(values, (v, k) => v > (max[k] ?? max)));

const FULL = { containers: names(CONTAINERS), channels: channels(15) };

async function world({ binary, host, containers, channels: list, discord: options }) {
	const discord = await Discord.start({ seed: bigSeed({ channels: Math.max(16, list.length + 4) }), ...options });
	const folder = makeFolder({ containers, channels: list });
	const ddc = new Ddc({ binary, folder, api: discord.api, token: TOKEN, dockerHost: host, env: { DDC_LOG_LEVEL: 'warning' } });
	return { discord, folder, ddc, close: async () => {
		await ddc.kill().catch(() => {});
		await discord.stop();
		removeFolder(folder);
	} };
}

async function settled(w, panelCount) {
	await w.ddc.start();
	await w.ddc.waitHealth();
	await until('the panels are posted', async () => (await w.discord.counters()).counters.message_creates >= panelCount, { timeoutMs: 120_000 });
	await quiet(w, 4000);
}

// ---- memory at rest and its growth ----

async function restingSize(binary, containerCount, channelCount, host) {
	const w = await world({ binary, host, containers: names(containerCount), channels: channels(channelCount) });
	try {
		await settled(w, channelCount);
		return w.ddc.figures();
	} finally {
		await w.close();
	}
}

/** What the kernel gives comes in pages and the allocator keeps some, so growth is told from far apart. */
async function sizes() {
	const cases = { empty: [0, 0], thousand: [1000, 0], few: [50, 20], all: [50, 100], many: [1000, 100] };
	const out = {};
	await Promise.all(Object.entries(BUILDS).flatMap(([build, binary]) => Object.entries(cases).map(async ([name, [c, ch]]) => {
		(out[build] ??= {})[name] = await load('size', binary, REST_S, { containers: names(c), channels: channels(ch) });
	})));
	row('resident, nothing configured (private)', '-', map(out, (v) => `${kib(v.empty.rss)} (${kib(v.empty.anon)})`));
	numbers('resident, 1000 containers, 100 channels', '≤ 4096 KiB', map(out, (v) => v.many.rss), kib, 4096);
	numbers('growth per container (private, 0 to 1000)', '≤ 2 KiB', map(out, (v) => (v.thousand.anon - v.empty.anon) / 1000), (n) => `${n.toFixed(2)} KiB`, 2);
	numbers('growth per channel (private, 20 to 100)', '≤ 1 KiB', map(out, (v) => (v.all.anon - v.few.anon) / 80), (n) => `${n.toFixed(2)} KiB`, 1);
}

async function real(engine) {
	const out = {};
	for (const [build, binary] of Object.entries(BUILDS))
		out[build] = await restingSize(binary, CONTAINERS, 15, engine.host);
	row(`resident, ${CONTAINERS} containers, 15 channels (private)`, '≤ 2048 KiB release, ≤ 5120 KiB dev', map(out, (v) => `${kib(v.rss)} (${kib(v.anon)})`),
		{ dev: out.dev.rss > 5120, release: out.release.rss > 2048 });
}

// ---- as docker stats sees it: the image in its 6 MiB, the engine of the containers beside it ----

async function stats(engine) {
	const host = await Engine.start();
	const discord = await Discord.start({ seed: bigSeed({ channels: 19 }) });
	const folder = makeFolder({ containers: names(CONTAINERS), channels: channels(15) });
	let ddc;
	try {
		ddc = await Container.start({ host, folder, socketFolder: engine.folder, api: discord.api, token: TOKEN, port: await freePort() });
		await ddc.waitHealth(200);
		await until('the panels are posted', async () => (await discord.counters()).counters.message_creates >= 15, { timeoutMs: 120_000 });
		await quiet({ discord }, 4000);
		const seen = await ddc.figures();
		numbers(`docker stats, ${CONTAINERS} containers, 15 channels, in 6 MiB`, '≤ 2048 KiB', { release: seen.stats }, kib, 2048);
		numbers('most that the container ever used, page cache included', '≤ 6144 KiB', { release: seen.peak }, kib, 6144);
	} finally {
		ddc?.close();
		await discord.stop();
		await host.stop();
		removeFolder(folder);
	}
}

// ---- start ----

async function starts() {
	const out = {};
	for (const [build, binary] of Object.entries(BUILDS))
		out[build] = await load('start', binary, RUNS, FULL);
	numbers('start until /health answers', '≤ 20 ms', map(out, (v) => median(v.health)), ms, 20);
	numbers('start until IDENTIFY is there', '≤ 50 ms', map(out, (v) => median(v.identify)), ms, 50);
}

// ---- interactions and events ----

async function quickness() {
	const out = {};
	for (const [build, binary] of Object.entries(BUILDS)) {
		const rounds = [];
		for (let n = 0; n < ROUNDS; n++)
			rounds.push(await load('latency', binary, 500, FULL));
		out[build] = rounds.map(({ took, cpu_ms }) => ({ p50: percentile(took, 50), p99: percentile(took, 99), cpu_ms })).sort((a, b) => a.p99 - b.p99)[0];
	}
	numbers('interaction to callback, p50', '≤ 0.3 ms', map(out, (v) => v.p50), ms, 0.3);
	numbers('interaction to callback, p99', '≤ 2 ms', map(out, (v) => v.p99), ms, 2);
	row('interaction to callback: of it on the CPU', '-', map(out, (v) => ms(v.cpu_ms)));
}

async function events() {
	const out = {};
	for (const [build, binary] of Object.entries(BUILDS))
		out[build] = median((await load('event', binary, 10, FULL)).took);
	numbers('engine event to panel edit', '≤ 50 ms', out, ms, 50);
}

// ---- the web side, against the original's kind of server ----

async function pythonServer() {
	const port = await freePort();
	const flask = spawnSync(PYTHON, ['-c', 'import flask, waitress']).status === 0;
	const child = spawn(PYTHON, [fileURLToPath(new URL(flask ? 'flask-health.py' : 'plain-health.py', import.meta.url)), String(port)], { stdio: 'ignore' });
	await until('the other server answers', async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok, { timeoutMs: 20_000 });
	return { port, pid: child.pid, what: flask ? 'Flask and Waitress' : "Python's http.server", stop: () => child.kill('SIGKILL') };
}

/** Requests a CPU second. */
const perSecond = ({ requests, cpu_ms }) => requests / Math.max(cpu_ms, 10) * 1000;

async function web() {
	const other = await pythonServer(), ratio = {}, own = {};
	try {
		for (const [build, binary] of Object.entries(BUILDS)) {
			const w = await world({ binary, containers: names(CONTAINERS), channels: channels(15) });
			try {
				await w.ddc.start();
				await w.ddc.waitHealth(503);
				const theirs = perSecond(await load('web', `${other.port}:${other.pid}`, 5000));
				own[build] = perSecond(await load('web', `${w.ddc.port}:${w.ddc.pid}`, 50_000));
				ratio[build] = own[build] / theirs;
			} finally {
				await w.close();
			}
		}
	} finally {
		other.stop();
	}
	row(`web: requests a CPU second, against ${other.what}`, '≥ 20 times', map(ratio, (v, k) => `${v.toFixed(0)} times (${Math.round(own[k])})`), map(ratio, (v) => v < 20));
}

// ---- the big message ----

async function peak(w) {
	const before = w.ddc.figures();
	// the highest mark so far is forgotten, so that VmHWM tells about what comes now
	writeFileSync(`/proc/${w.ddc.pid}/clear_refs`, '5');
	await w.discord.fault('big_guild_now', { mb: 10 });
	await until('it has arrived', async () => (await w.ddc.health()).body.details.largest_gateway_message_bytes > 9_000_000, { timeoutMs: 60_000 });
	return w.ddc.figures().peak - before.rss;
}

/** From the moment when the sandbox has handed the interaction to its socket until the head of the answer is there: both ends of
 * Node are in it, which is why the peer's figure stands beside it. */
async function latencies(discord) {
	await discord.wait({ commands: 1 });
	const { interactions, journal } = discord.sandbox;
	const took = [];
	for (let n = 0; n < 330; n++) {
		const since = journal.nextSeq - 1;
		const one = interactions.runCommand({ user: MAXI, channel: channelId(0), name: 'help' });
		await one.answered;
		const callback = journal.select({ kind: 'rest', since, route: '/callback$' })[0];
		if (n >= 30)
			took.push(callback.at - one.dispatched_at);
		await sleep(10);
	}
	return { p50: percentile(took, 50), p99: percentile(took, 99) };
}

async function bigMessage(engine) {
	const peaks = {};
	for (const [build, binary] of Object.entries(BUILDS)) {
		const w = await world({ binary, host: engine.host, containers: names(CONTAINERS), channels: channels(15) });
		try {
			await settled(w, 15);
			peaks[build] = await peak(w);
		} finally {
			await w.close();
		}
	}
	numbers('peak over rest while 10 MB arrive', '≤ 256 KiB', peaks, kib, 256);
}

// ---- idle ----

const SETTLE_MS = 45_000; // connections that served the start are closed after half a minute

async function lookAt(build, engine, list) {
	const w = await world({ binary: BUILDS[build], host: engine.host, containers: names(CONTAINERS), channels: list });
	try {
		await settled(w, list.length);
		await sleep(SETTLE_MS);
		const asked = async () => (await w.ddc.health()).body.details.docker_requests;
		const requests = await asked();
		await sleep(500); // that visit is over
		const before = w.ddc.figures();
		await sleep(IDLE_S * 1000);
		const after = w.ddc.figures();
		const a = (n) => n * 60 / IDLE_S;
		return { cpu: (after.cpu_ms - before.cpu_ms) * 3.6 / IDLE_S, wakeups: a(after.wakeups - before.wakeups), requests: a(await asked() - requests) };
	} finally {
		await w.close();
	}
}

/** All at the same time: they are counted for each process, and do not disturb each other. */
async function idle(engine) {
	const plain = channels(4), figures = channels(5, { update_interval_minutes: 5 });
	const [a, b, c, d] = await Promise.all([lookAt('dev', engine, plain), lookAt('release', engine, plain), lookAt('dev', engine, figures), lookAt('release', engine, figures)]);
	const tell = (figure, out, [cpu, requests, wakeups]) => {
		numbers(`${figure}: CPU an hour`, `≤ ${cpu} s`, map(out, (v) => v.cpu), (n) => `${n.toFixed(2)} s`, cpu);
		numbers(`${figure}: engine requests a minute`, `≤ ${requests}`, map(out, (v) => v.requests), (n) => n.toFixed(1), requests);
		numbers(`${figure}: wake-ups a minute`, `≤ ${wakeups}`, map(out, (v) => v.wakeups), (n) => n.toFixed(1), wakeups);
	};
	tell('idle, overviews', { dev: a, release: b }, [0.5, 1, 10]);
	tell('idle, with an admin overview', { dev: c, release: d }, [2, 11, 30]);
}

// ---- the peer ----

async function peer() {
	const discord = await Discord.start();
	const child = spawn(process.execPath, [fileURLToPath(new URL('idle-discordjs.js', import.meta.url)), `${discord.url}/api`, TOKEN], { stdio: ['ignore', 'pipe', 'inherit'] });
	try {
		await new Promise((done, failed) => child.stdout.once('data', done).once('end', () => failed(new Error('the peer did not start'))));
		await sleep(3000);
		row('beside it: an idle bot on discord.js, resident', '-', { dev: kib(processFigures(child.pid).rss) });
		const l = await latencies(discord);
		row('beside it: the same bot, interaction to callback', '-', { dev: `${ms(l.p50)} / ${ms(l.p99)}` });
	} finally {
		child.kill('SIGKILL');
		await discord.stop();
	}
}

// What was measured earlier stays until it is measured again: a whole run takes half an hour.
function remember() {
	const path = join(ROOT, 'build/bench.json');
	const earlier = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
	const all = [...earlier.map((old) => rows.find((r) => r.figure === old.figure) ?? old), ...rows.filter((r) => !earlier.some((old) => old.figure === r.figure))];
	writeFileSync(path, JSON.stringify(all, null, 1));
	const page = join(ROOT, 'docs/figures.md');
	// The table only: what is around it is written by hand, the hour of make soak among it.
	writeFileSync(page, readFileSync(page, 'utf8').replace(/^(\|.*\n)+/m, `${table(all, ['figure', 'target', 'dev', 'release']).join('\n')}\n`));
	console.log(`bench: docs/figures.md has the table; the machine's load was ${loadavg()[1].toFixed(0)}, which the lines above the table should say`);
}

async function main() {
	for (const binary of Object.values(BUILDS))
		if (!existsSync(binary))
			throw new Error(`${binary} is not there: make all release`);
	const engine = new Engine({});
	try {
		await engine.launch();
		await engine.importImage();
		console.error(`bench: starting ${CONTAINERS} containers`);
		for (let n = 0; n < CONTAINERS; n += 5)
			await Promise.all(names(CONTAINERS).slice(n, n + 5).map((name) => engine.run(name)));
		const steps = [['start', starts], ['latency', quickness], ['event', events], ['web', web], ['size', sizes], ['real', () => real(engine)], ['stats', () => stats(engine)],
			['peak', () => bigMessage(engine)], ['idle', () => idle(engine)], ['peer', peer]];
		for (const [word, step] of steps.filter(([word]) => wanted(word))) {
			console.error(`bench: ${word}`);
			await step();
		}
	} finally {
		await engine.stop();
	}
	print(rows, ['figure', 'target', 'dev', 'release']);
	remember();
}

await main();
