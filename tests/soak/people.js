// Everybody at once: members and admins who press and type, somebody who reads logs, a Prometheus, containers that die
// and come back. Each is a loop that ends when the soak does and rests when it is told to.

import { get } from '../lib/ddc.js';
import { findComponent, hasComponent } from '../lib/discord.js';
import { sleep } from '../lib/wait.js';
import { JOERG, MAXI } from '../lib/world.js';

const COMMANDS = ['serverstatus', 'ss', 'help', 'ping', 'control'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

const clock = (at) => (at ? new Date(at).toISOString().slice(11, 23) : 'never');

export class People {
	/** discord, engine (with the containers), ddc (the Container), names, channels ([{id, kind}]), users, gaps: trouble's. */
	constructor(world) {
		Object.assign(this, world);
		this.counts = { answered: 0, unanswered: 0, lost_in_gap: 0, actions: 0, bulk: 0, log_views: 0, web: 0, metrics: 0, deaths: 0, refused: 0 };
		this.unanswered = [];
		this.errors = new Map();
		this.resting = false;
		this.ended = false;
	}

	start() {
		const loops = [[this.presses, 700], [this.presses, 900], [this.commands, 500], [this.commands, 800], [this.bulk, 60_000], [this.reads, 4000], [this.browses, 400], [this.scrapes, 2000], [this.dies, 6000], [this.talks, 5000]];
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
		const name = pick(COMMANDS);
		const answer = await this.answered(`/${name}`, this.discord.run(pick(this.users), pick(this.channels).id, name, {}, { wait: true }));
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

	// logs, followed if the program can: the buttons of the message say what there is
	async reads() {
		const panel = await this.panelOf('control');
		if (!panel)
			return;
		const { discord } = this;
		const picker = await this.answered('🛠️', discord.press(MAXI, panel, /ddc1:pick$/, { wait: true }));
		const select = picker.message && findComponent(picker.message, (c) => c.type === 3);
		const opened = select && await this.answered('a container', discord.click(MAXI, picker.message, select.custom_id, { values: [pick(select.options).value], wait: true }));
		if (!opened?.message || !hasComponent(opened.message, (c) => c.custom_id?.startsWith('ddc1:logs:')))
			return;
		const seen = await this.answered('logs', discord.press(MAXI, opened.message, (c) => c.custom_id?.startsWith('ddc1:logs:'), { wait: true }));
		this.counts.log_views++;
		const log = seen.message ?? opened.message;
		if (!hasComponent(await discord.message(log.id), /live|follow/i))
			return;
		await this.answered('logs, live', discord.press(MAXI, await discord.message(log.id), /live|follow/i, { wait: true }));
		await sleep(10_000);
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

	async talks() {
		await this.discord.say(pick(this.users), pick(this.channels).id, 'is it up again?');
	}

	// ten at once, half of them killed, half stopped; all come back
	async dies() {
		const some = [...this.names].sort(() => Math.random() - 0.5).slice(0, 10);
		await Promise.all(some.map((name, n) => (n % 2 ? this.engine.killContainer(name) : this.engine.must('POST', `/containers/${name}/stop?t=1`)).catch(() => {})));
		this.counts.deaths += some.length;
		await sleep(1000);
		await this.revive();
	}

	async revive() {
		await Promise.all(this.names.map((name) => this.engine.start(name).catch(() => {}))); // 304 for those that run
	}
}
