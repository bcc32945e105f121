// make soak: the release image in 6 MiB without swap, at production limits, under everything at once. SOAK_MINUTES (60).
//
// Two private engines: one runs ddc, the other has the containers that ddc looks after, so that it can be restarted and
// killed. Now and then everybody rests and what is live is counted: a leak is what grows from one such moment to the next.

import { bigSeed } from '../../sandbox/server.js';
import { makeFolder, removeFolder } from '../lib/config.js';
import { freePort } from '../lib/ddc.js';
import { Discord, hasComponent, words } from '../lib/discord.js';
import { Engine } from '../lib/engine.js';
import { sleep, until } from '../lib/wait.js';
import { APP, MAXI, TOKEN } from '../lib/world.js';
import { median, ms, print } from '../bench/table.js';
import { Container } from './container.js';
import { growth, judge } from './judge.js';
import { People } from './people.js';
import { Trouble } from './trouble.js';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 60);
const MEMORY = process.env.SOAK_MEMORY ?? '6m';
const CONTAINERS = 50, CHANNELS = 15, USERS = 40;
const REST_MS = 6000; // everybody rests so long before what is live is counted
const TROUBLE_MS = Math.min(25_000, MINUTES * 2000);
const RESTS = Math.max(4, Math.min(12, Math.round(MINUTES / 2.5)));

const names = Array.from({ length: CONTAINERS }, (_, n) => `service-${String(n).padStart(2, '0')}`);
const talkers = names.filter((_, n) => n % 5 === 0);
const channels = Array.from({ length: CHANNELS }, (_, n) => ({ id: String(1180000000000000111n + BigInt(n)), kind: n % 5 === 2 ? 'control' : 'status' }));
const TALKER = 'trap "exit 0" TERM INT; n=0; while :; do n=$((n+1)); echo "line $n of a talkative service"; sleep 2 & wait $!; done';

async function fill(engine) {
	for (let n = 0; n < names.length; n += 5)
		await Promise.all(names.slice(n, n + 5).map((name, k) => engine.run(name, { ...(k === 0 && { run: TALKER }), ...(k === 1 && { HostConfig: { RestartPolicy: { Name: 'unless-stopped' } } }) })));
}

/** Milliseconds from an interaction to its answer, with nothing else going on. */
async function latency(discord) {
	const took = [];
	for (let n = 0; n < 60; n++) {
		const { latency_ms: one } = await discord.run(MAXI, channels[0].id, 'help', {}, { wait: true });
		if (one !== undefined && n >= 10)
			took.push(one);
		await sleep(20);
	}
	return median(took);
}

/** What a reader would miss at the end: a sentence for each channel whose panel is not there, or not right. */
async function panelsWrong(discord) {
	const wrong = [];
	for (const { id } of channels) {
		const panels = (await discord.messages(id)).filter((m) => m.author.id === APP && hasComponent(m, /ddc1:pick/));
		if (panels.length !== 1)
			wrong.push(`channel ${id} has ${panels.length} panels`);
		else if (!names.every((name) => words(panels[0]).includes(name) || /more|50/.test(words(panels[0]))))
			wrong.push(`the panel of ${id} does not show every container`);
	}
	return wrong;
}

class Soak {
	constructor(world) {
		Object.assign(this, world);
		this.samples = []; // by the clock
		this.rests = []; // {minute, heap, anon, stats, owners}
		this.began = Date.now();
	}

	get minute() {
		return (Date.now() - this.began) / 60_000;
	}

	async sample() {
		const figures = await this.ddc.figures();
		this.samples.push({ minute: this.minute, ...figures });
		return figures;
	}

	/** Everybody rests; what is live now is what ddc keeps. */
	async rest() {
		await this.trouble.pause();
		await this.people.rest();
		await this.people.revive();
		await this.ddc.waitHealth(200, { timeoutMs: 60_000 });
		await sleep(REST_MS);
		const figures = await this.sample(), owners = { ...await this.ddc.memoryByOwner() };
		const heap = Object.values(owners).reduce((sum, n) => sum + n, 0);
		this.rests.push({ minute: this.minute, heap: heap / 1024, ...figures, owners });
		console.log(line(this.rests.at(-1)));
		this.people.wake();
		this.trouble.wake();
	}

	async run() {
		const everyMs = MINUTES * 60_000 / RESTS;
		let next = Date.now() + everyMs;
		await this.rest();
		while (this.rests.length <= RESTS) {
			await sleep(Math.min(5000, Math.max(0, next - Date.now())));
			const wrong = await this.ddc.trouble();
			if (wrong)
				throw new Error(wrong);
			await this.sample();
			if (Date.now() >= next) {
				await this.rest();
				next += everyMs;
			}
		}
	}
}

function line(r) {
	const owners = Object.entries(r.owners).filter(([, n]) => n >= 512).sort((a, b) => b[1] - a[1]).map(([name, n]) => `${name} ${(n / 1024).toFixed(1)}`);
	return `minute ${r.minute.toFixed(1).padStart(5)}: resident ${r.rss} KiB, private ${r.anon} KiB, docker stats ${r.stats} KiB, limit hit ${r.hits ?? '?'} times, killed ${r.kills ?? '?'}; live ${r.heap.toFixed(1)} KiB: ${owners.join(', ')}`;
}

function report(soak, before, after) {
	const of = (key, f) => f(...soak.samples.map((s) => s[key]).filter((n) => n !== undefined));
	const middle = (key) => median(soak.samples.map((s) => s[key]));
	const rows = ['rss', 'anon', 'stats', 'usage'].map((key) => ({ KiB: { rss: 'resident', anon: 'of it private', stats: 'docker stats', usage: 'with page cache' }[key], first: `${soak.samples[0][key]}`, least: `${of(key, Math.min)}`, median: `${middle(key)}`, most: `${of(key, Math.max)}`, last: `${soak.samples.at(-1)[key]}` }));
	console.log();
	print(rows, ['KiB', 'first', 'least', 'median', 'most', 'last']);
	console.log(`\nlatency of /help, median: ${ms(before)} before, ${ms(after)} after`);
	const last = soak.samples.at(-1);
	console.log(`the limit of ${MEMORY} was hit ${last.hits ?? '?'} times (page cache given back), highest use ${Math.round(last.peak ?? 0)} KiB, killed for memory: ${last.kills ?? '?'}`);
	const told = (counts) => Object.entries(counts).map(([k, v]) => `${k.replaceAll('_', ' ')} ${v}`).join(', ');
	console.log(`people: ${told(soak.people.counts)}`);
	console.log(`trouble: ${told(soak.trouble.counts)}`);
	console.log(`growth: ${growth(soak.rests, 'heap').toFixed(1)} KiB/h live, ${growth(soak.rests, 'anon').toFixed(1)} KiB/h private`);
	if (soak.people.errors.size)
		console.log(`met on the way (not ddc's answers):\n${[...soak.people.errors].map(([text, n]) => `  ${n} × ${text}`).join('\n')}`);
}

async function main() {
	const closers = [];
	const defer = (close) => closers.unshift(close);
	let ddc, failed = false;
	try {
		const [host, engine] = await Promise.all([Engine.start(), Engine.start()]);
		defer(() => Promise.all([host.stop(), engine.stop()]));
		const discord = await Discord.start({ seed: bigSeed({ channels: CHANNELS + 4, users: USERS }), gateway: { heartbeat_interval_ms: 10_000 } });
		defer(() => discord.stop());
		console.log(`soak: ${CONTAINERS} containers are started`);
		await fill(engine);
		const folder = makeFolder({ containers: names, channels });
		defer(() => removeFolder(folder));
		ddc = await Container.start({ host, folder, socketFolder: engine.folder, api: discord.api, token: TOKEN, port: await freePort(), memory: MEMORY });
		defer(() => ddc.close());
		await ddc.waitHealth(200);
		await until('the panels are posted', async () => (await discord.counters()).counters.message_creates >= CHANNELS, { timeoutMs: 120_000 });
		await sleep(3000);
		console.log(`soak: ddc runs in ${MEMORY}; ${MINUTES} minutes`);
		const before = await latency(discord);
		const trouble = new Trouble({ discord, engine, folder });
		const users = [...discord.sandbox.world.users.values()].filter((u) => !u.bot).map((u) => u.id);
		const people = new People({ discord, engine, ddc, names, talkers, channels, users, app: APP, gaps: trouble.gaps, lately: (at) => trouble.lately(at), bigGuildAt: () => trouble.bigGuildAt ?? 0 });
		trouble.revive = () => people.revive();
		const soak = new Soak({ ddc, people, trouble });
		people.start();
		trouble.start(TROUBLE_MS);
		try {
			await soak.run();
		} finally {
			await Promise.all([trouble.end(), people.end()]);
		}
		await sleep(5000);
		const after = await latency(discord);
		await soak.sample();
		report(soak, before, after);
		const { suspicions, refused, cleanups, pressure } = await ddc.watch();
		console.log(`ddc itself: ${cleanups} clean-ups, ${pressure} times told of pressure, refused ${JSON.stringify(refused)}`);
		console.log(`\nddc memory, at the end\n${ddc.report()}`);
		const facts = { panels: await panelsWrong(discord), health: (await ddc.state()).Health?.Status, suspicions, trouble: await ddc.trouble(), counters: (await discord.counters()).counters };
		const wrong = judge({ soak, ...facts, exit: await ddc.stop() });
		for (const sentence of wrong)
			console.log(`FAILED: ${sentence}`);
		failed = wrong.length > 0;
		if (!failed)
			console.log('soak: passed');
	} catch (error) {
		console.error(`soak: ${error.stack}`);
		failed = true;
	}
	if (failed && ddc)
		console.error(`--- the last lines of ddc\n${ddc.tail()}`);
	for (const close of closers)
		await Promise.resolve(close()).catch((error) => console.error(`soak: taking down: ${error.message}`));
	process.exit(failed ? 1 : 0);
}

await main();
