// Everybody at once: members and admins who press and type, somebody who reads logs, a Prometheus, containers that die
// and come back. Each is a loop that ends when the soak does and rests when it is told to.

import { connect } from 'node:net';
import { get } from '../lib/ddc.js';
import { findComponent, hasComponent, words } from '../lib/discord.js';
import { sleep } from '../lib/wait.js';
import { JOERG, MAXI } from '../lib/world.js';

const COMMANDS = ['serverstatus', 'ss', 'help', 'ping', 'control', 'doctor'];
const ABOUT_ONE = ['info', 'stats', 'logs']; // commands about a container
const SENT_LATE_MS = 500; // from the moment that somebody presses to that at which the stand-in for Discord passes it on
const BEHIND_MS = 5000; // 10 MB are about half a second of work; a busy machine has less than one core for them
const pick = (list) => list[Math.floor(Math.random() * list.length)];

const clock = (at) => (at ? new Date(at).toISOString().slice(11, 23) : 'never');

export class People {
	/** discord, engine (with the containers), ddc (the Container), names, channels ([{id, kind}]), users, gaps: trouble's. */
	constructor(world) {
		Object.assign(this, world);
		this.counts = { answered: 0, unanswered: 0, lost_in_gap: 0, behind_big_guild: 0, sent_late: 0, actions: 0, bulk: 0, log_views: 0, followed: 0, web: 0, pestered: 0, metrics: 0, deaths: 0, refused: 0 };
		this.unanswered = [];
		this.errors = new Map();
		this.resting = false;
		this.ended = false;
	}

	start() {
		const loops = [[this.presses, 700], [this.presses, 900], [this.commands, 500], [this.commands, 800], [this.bulk, 60_000], [this.reads, 4000], [this.browses, 400], [this.pesters, 3000], [this.scrapes, 2000], [this.dies, 6000], [this.talks, 5000]];
		this.loops = loops.map(([act, ms]) => this.loop(act, ms));
	}

	async loop(act, everyMs) {
		await sleep(Math.random() * Math.min(everyMs, 3000));
		while (!this.ended) {
			while (this.resting && !this.ended)
				await sleep(100);
			this.busy = (this.busy ?? 0) + 1;
			await act.call(this).catch((error) => this.note(error));
			this.busy--;
			const until = Date.now() + everyMs * (0.5 + Math.random());
			while (!this.ended && Date.now() < until)
				await sleep(Math.min(200, everyMs));
		}
	}

	/** All of them stop acting; what they had begun is over. */
	async rest() {
		this.resting = true;
		while (this.busy)
			await sleep(50);
	}

	wake() {
		this.resting = false;
	}

	async end() {
		this.ended = true;
		await Promise.all(this.loops);
	}

	// What a person may run into: a panel that has changed under the finger, a gateway that is gone.
	note(error) {
		const text = error.message.replaceAll(/\d+/g, 'N').slice(0, 120);
		this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
	}

	/** Every interaction goes through here: it must have been answered, unless the gateway was down meanwhile. */
	async answered(what, promise) {
		const from = Date.now();
		const answer = await promise;
		if (answer.outcome !== 'no_response') {
			this.counts.answered++;
			return answer;
		}
		if (this.gaps.some((g) => g.from <= Date.now() && (g.to ?? Infinity) >= from)) {
			this.counts.lost_in_gap++;
		} else if (!(answer.dispatched_at - from <= SENT_LATE_MS)) {
			this.counts.sent_late++; // by the stand-in for Discord itself, on a machine that has too much to do: ddc had less than Discord's three seconds
		} else if (Math.abs(from - this.bigGuildAt()) < BEHIND_MS) {
			this.counts.behind_big_guild++; // the connection carries one thing after the other: 10 MB first, and they take their time on a busy machine
		} else {
			this.counts.unanswered++;
			this.unanswered.push(`${what} at ${clock(from)}, sent ${clock(answer.dispatched_at)} to ${answer.delivered_to} connections, ${this.lately(from)}`);
		}
		return answer;
	}

	async panelOf(kind) {
		const channel = pick(this.channels.filter((c) => c.kind === kind));
		return (await this.discord.messages(channel.id)).findLast((m) => m.author.id === this.app && hasComponent(m, /ddc1:pick/));
	}

	// 🛠️, a container, then one of its buttons
	async presses() {
		const user = pick([MAXI, JOERG, pick(this.users)]);
		const panel = await this.panelOf(pick(['status', 'control']));
		if (!panel)
			return;
		const { discord } = this;
		const picker = await this.answered('🛠️', discord.press(user, panel, /ddc1:pick$/, { wait: true }));
		if (!picker.message || !hasComponent(picker.message, (c) => c.type === 3))
			return;
		const select = findComponent(picker.message, (c) => c.type === 3);
		const opened = await this.answered('a container', discord.click(user, picker.message, select.custom_id, { values: [pick(select.options).value], wait: true }));
		if (!opened.message)
			return;
		const shown = await discord.message(opened.message.id);
		const button = pick(['restart', 'stop', 'start', 'refresh'].filter((b) => hasComponent(shown, (c) => c.custom_id?.startsWith(`ddc1:${b}:`) && !c.disabled)));
		if (!button)
			return;
		await this.answered(button, discord.press(user, shown, (c) => c.custom_id?.startsWith(`ddc1:${button}:`), { wait: true }));
		this.counts.actions++;
	}

	async commands() {
		const aboutOne = Math.random() < 0.4;
		const name = pick(aboutOne ? ABOUT_ONE : COMMANDS);
		const answer = await this.answered(`/${name}`, this.discord.run(pick([MAXI, pick(this.users)]), pick(this.channels).id, name, aboutOne ? { container: pick(this.names) } : {}, { wait: true }));
		if (answer.message?.flags & 64)
			this.counts.refused++;
	}

	async bulk() {
		const panel = await this.panelOf('control');
		if (!panel)
			return;
		const asked = await this.answered('bulk', this.discord.press(MAXI, panel, /ddc1:bulk:restart/, { wait: true }));
		if (!asked.message || !hasComponent(asked.message, /ddc1:bulkgo/))
			throw new Error(`bulk: no question but ${asked.outcome}`);
		await this.answered('bulk, yes', this.discord.press(MAXI, asked.message, /ddc1:bulkgo/, { wait: true }));
		this.counts.bulk++;
		await sleep(20_000);
	}

	// a log, looked at again, searched by time, followed for a while
	async reads() {
		const { discord } = this;
		const channel = pick(this.channels.filter((c) => c.kind === 'control'));
		const { message } = await this.answered('/logs', discord.run(MAXI, channel.id, 'logs', { container: pick(this.talkers) }, { wait: true }));
		if (!message || !hasComponent(message, /▶️/))
			return;
		this.counts.log_views++;
		const live = await this.answered('logs, live', discord.press(MAXI, message, /▶️/, { wait: true }));
		if (!live.message || !/Live/.test(words(live.message)))
			return;
		await sleep(8000);
		const now = await discord.message(message.id);
		if (now.edited_timestamp !== live.message.edited_timestamp || words(now) !== words(live.message))
			this.counts.followed++;
		if (hasComponent(now, /⏹️/))
			await this.answered('logs, stop', discord.press(MAXI, now, /⏹️/, { wait: true }));
	}

	async browses() {
		await get(`${this.ddc.url}${pick(['/health', '/health', '/', '/nothing', `/${'x'.repeat(2000)}`])}`);
		this.counts.web++;
	}

	async scrapes() {
		const { status } = await get(`${this.ddc.url}/metrics`);
		if (status === 200)
			this.counts.metrics++;
	}

	// visitors that nobody wants: half a request and then silence, a head without end, an answer that is never read
	async pesters() {
		const { port } = new URL(this.ddc.url);
		const sayings = ['', 'GET /metrics HTTP/1.1\r\nHost: x\r\n', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`, 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20)];
		const sockets = sayings.map((text) => {
			const socket = connect({ host: '127.0.0.1', port });
			socket.on('error', () => {}); // being thrown out is what they are for
			socket.pause();
			socket.write(text);
			return socket;
		});
		await sleep(1500);
		for (const socket of sockets)
			socket.destroy();
		this.counts.pestered += sockets.length;
	}

	async talks() {
		await this.discord.say(pick(this.users), pick(this.channels).id, 'is it up again?');
	}

	// ten at once, now and then all, half of them killed, half stopped; all come back
	async dies() {
		const some = [...this.names].sort(() => Math.random() - 0.5).slice(0, Math.random() < 0.1 ? this.names.length : 10);
		await Promise.all(some.map((name, n) => (n % 2 ? this.engine.killContainer(name) : this.engine.must('POST', `/containers/${name}/stop?t=1`)).catch(() => {})));
		this.counts.deaths += some.length;
		await sleep(1000);
		await this.revive();
	}

	async revive() {
		await Promise.all(this.names.map((name) => this.engine.start(name).catch(() => {}))); // 304 for those that run
	}
}
