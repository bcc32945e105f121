// make bench: the figures of the product, as far as they can be measured here: both builds, medians, the target beside them.
// Everything on loopback and without TLS. ONLY words choose rows: size stats start peak latency event idle peer.
//
//   DDC_BENCH_RUNS (5) starts    DDC_BENCH_IDLE_S (60) seconds of nothing    DDC_BENCH_CONTAINERS (50)

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
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
import { FakeEngine } from './fake-engine.js';
import { kib, median, ms, percentile, print, table } from './table.js';

const RUNS = Number(process.env.DDC_BENCH_RUNS ?? 5);
const IDLE_S = Number(process.env.DDC_BENCH_IDLE_S ?? 60);
const CONTAINERS = Number(process.env.DDC_BENCH_CONTAINERS ?? 50);
const BUILDS = { dev: join(ROOT, 'build/ddc'), release: join(ROOT, 'build-release/ddc') };
const only = process.argv.slice(2);
const wanted = (word) => only.length === 0 || only.includes(word);

const names = (count) => Array.from({ length: count }, (_, n) => `service-${String(n).padStart(4, '0')}`);
const channelId = (n) => String(1180000000000000111n + BigInt(n));
// the sandbox's world has 111 … as text channels; every fifth is a control channel
const channels = (count, more = {}) => Array.from({ length: count }, (_, n) => ({ id: channelId(n), kind: n % 5 === 4 ? 'control' : 'status', ...more }));

const rows = [];
const row = (figure, target, values) => rows.push({ figure, target, ...values });

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

async function sizes(engine) {
	const out = {};
	for (const [build, binary] of Object.entries(BUILDS)) {
		const at = async (c, ch, host) => restingSize(binary, c, ch, host);
		const fake = async (c, ch) => {
			const made = await FakeEngine.start(`/tmp/ddc-bench-${process.pid}.sock`, names(c));
			try {
				return await at(c, ch, made.host);
			} finally {
				await made.stop();
			}
		};
		const empty = await fake(0, 0), real = await at(CONTAINERS, 15, engine.host), thousand = await fake(1000, 0), many = await fake(1000, 100), fewChannels = await fake(50, 0), allChannels = await fake(50, 100);
		out[build] = { empty, real, many, container: (thousand.anon - empty.anon) / 1000, channel: (allChannels.anon - fewChannels.anon) / 100 };
	}
	const each = (pick) => Object.fromEntries(Object.entries(out).map(([b, v]) => [b, pick(v)]));
	row('resident, nothing configured (private)', '-', each((v) => `${kib(v.empty.rss)} (${kib(v.empty.anon)})`));
	row(`resident, ${CONTAINERS} containers, 15 channels (private)`, '≤ 2048 KiB release, ≤ 5120 KiB dev', each((v) => `${kib(v.real.rss)} (${kib(v.real.anon)})`));
	row('resident, 1000 containers, 100 channels', '≤ 4096 KiB', each((v) => kib(v.many.rss)));
	row('growth per container', '≤ 2 KiB', each((v) => `${v.container.toFixed(2)} KiB`));
	row('growth per channel', '≤ 1 KiB', each((v) => `${v.channel.toFixed(2)} KiB`));
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
		row(`docker stats, ${CONTAINERS} containers, 15 channels, in 6 MiB`, '≤ 2048 KiB', { release: kib(seen.stats) });
		row('most that the container ever used, page cache included', '≤ 6144 KiB', { release: kib(seen.peak) });
	} finally {
		ddc?.close();
		await discord.stop();
		await host.stop();
		removeFolder(folder);
	}
}

// ---- start ----

/** Milliseconds until somebody answers "200" or "503" on that port: tries as fast as it can. */
function answered(port, started) {
	return new Promise((done) => {
		const again = () => {
			const socket = net.connect(port, '127.0.0.1');
			let got = false;
			socket.on('connect', () => socket.write('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).on('data', () => {
				if (!got)
					done(performance.now() - started);
				got = true;
				socket.destroy();
			}).on('error', () => {}).on('close', () => got || setImmediate(again));
		};
		again();
	});
}

async function oneStart(binary, host) {
	const w = await world({ binary, host, containers: names(CONTAINERS), channels: channels(15) });
	try {
		w.ddc.port = await freePort();
		const started = performance.now(), wall = performance.timeOrigin + started;
		const [health] = await Promise.all([answered(w.ddc.port, started), w.ddc.start()]);
		const { entries } = await w.discord.wait({ journal: { kind: 'gateway_in', op: 2 } });
		return { health, identify: entries[0].at - wall };
	} finally {
		await w.close();
	}
}

async function starts(engine) {
	const health = {}, identify = {};
	for (const [build, binary] of Object.entries(BUILDS)) {
		const all = [];
		for (let n = 0; n < RUNS; n++)
			all.push(await oneStart(binary, engine.host));
		health[build] = ms(median(all.map((r) => r.health)));
		identify[build] = ms(median(all.map((r) => r.identify)));
	}
	row('start until /health answers', '≤ 20 ms', health);
	row('start until IDENTIFY is sent', '≤ 50 ms', identify);
}

// ---- the big message, latencies, events: one world for all ----

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

/** name -> when the engine says that it ended (the event's own time, in ms). */
function watchDeaths(engine) {
	const died = new Map();
	const request = http.get({ socketPath: engine.socket, path: `/events?filters=${encodeURIComponent('{"event":["die"]}')}`, agent: false }, (response) => {
		response.setEncoding('utf8').on('error', () => {}).on('data', (text) => text.trim().split('\n').forEach((line) => {
			const event = JSON.parse(line);
			died.set(event.Actor.Attributes.name, Number(event.timeNano) / 1e6);
		}));
	});
	request.on('error', () => {});
	died.stop = () => request.destroy();
	return died;
}

async function eventToEdit(w, engine) {
	const { journal } = w.discord.sandbox;
	const took = [], died = watchDeaths(engine);
	for (let n = 0; n < 10; n++) {
		const since = journal.nextSeq - 1;
		const name = names(CONTAINERS)[n];
		await engine.killContainer(name);
		const ended = await until('the event', () => died.get(name));
		const { entries } = await w.discord.wait({ journal: { kind: 'rest', since, method: 'PATCH', route: `/channels/${channelId(0)}/messages` } });
		took.push(entries[0].at - ended);
		await sleep(2000);
	}
	died.stop();
	await Promise.all(names(CONTAINERS).slice(0, 10).map((name) => engine.start(name)));
	return median(took);
}

async function alive(engine) {
	const peaks = {}, p50 = {}, event = {};
	for (const [build, binary] of Object.entries(BUILDS)) {
		const w = await world({ binary, host: engine.host, containers: names(CONTAINERS), channels: channels(15) });
		try {
			await settled(w, 15);
			if (wanted('peak'))
				peaks[build] = kib(await peak(w));
			if (wanted('latency')) {
				const l = await latencies(w.discord);
				p50[build] = `${ms(l.p50)} / ${ms(l.p99)}`;
			}
			if (wanted('event'))
				event[build] = ms(await eventToEdit(w, engine));
		} finally {
			await w.close();
		}
	}
	if (wanted('peak'))
		row('peak over rest while 10 MB arrive', '≤ 256 KiB', peaks);
	if (wanted('latency'))
		row('interaction to callback, p50 / p99', '≤ 0.3 / ≤ 2 ms', p50);
	if (wanted('event'))
		row('engine event to panel edit', '≤ 50 ms', event);
}

// ---- idle ----

async function idle(engine, list, figure, targets) {
	const out = { cpu: {}, requests: {}, wakeups: {} };
	for (const [build, binary] of Object.entries(BUILDS)) {
		const w = await world({ binary, host: engine.host, containers: names(CONTAINERS), channels: list });
		try {
			await settled(w, list.length);
			const asked = async () => (await w.ddc.health()).body.details.docker_requests;
			const [requests, before] = [await asked(), w.ddc.figures()];
			await sleep(IDLE_S * 1000);
			const after = w.ddc.figures();
			out.cpu[build] = `${((after.cpu_ms - before.cpu_ms) * 3.6 / IDLE_S).toFixed(2)} s`;
			out.wakeups[build] = `${Math.round((after.wakeups - before.wakeups) * 60 / IDLE_S)}`;
			out.requests[build] = `${Math.round((await asked() - requests) * 60 / IDLE_S)}`;
		} finally {
			await w.close();
		}
	}
	row(`${figure}: CPU an hour`, targets[0], out.cpu);
	row(`${figure}: engine requests a minute`, targets[1], out.requests);
	row(`${figure}: wake-ups a minute`, targets[2], out.wakeups);
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
	writeFileSync(join(ROOT, 'docs/figures.md'), `# Figures

Made by \`make bench\`: medians, everything on loopback and without TLS, on a machine with 2 cores, x86-64, which had other work beside it.
"dev" is the developer's build (glibc), "release" the static one (musl). The hour in 6 MiB is \`make soak\`.

${table(all, ['figure', 'target', 'dev', 'release']).join('\n')}
`);
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
		const steps = [['size', () => sizes(engine)], ['stats', () => stats(engine)], ['start', () => starts(engine)],
			['idle', () => idle(engine, channels(4), 'idle, overviews', ['≤ 0.5 s', '≤ 1', '≤ 10'])],
			['idle', () => idle(engine, channels(5, { update_interval_minutes: 5 }), 'idle, with an admin overview', ['≤ 2 s', '≤ 11', '≤ 30'])], ['peer', peer]];
		if (['peak', 'latency', 'event'].some(wanted))
			steps.splice(3, 0, [only.length ? only[0] : 'latency', () => alive(engine)]);
		for (const [word, step] of steps.filter(([word]) => wanted(word) || only.length === 0)) {
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
