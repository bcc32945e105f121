// What goes wrong, one after the other, over and over: Discord's side, and the engine.

import { chownSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep, until } from '../lib/wait.js';

const CLOSES = [4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009, 1000, 1001, 1011];
const STATUSES = ['429', '429-shared', '429-global', '500', '502', '503'];
const FRAMES = ['not_json', 'wrong_types', 'array', 'empty', 'deep', 'binary', 'reserved_bits', 'reserved_opcode', 'truncated', 'ping'];

export class Trouble {
	/** folder: of makeFolder(), so that settings can be changed. */
	constructor({ discord, engine, folder }) {
		this.discord = discord;
		this.engine = engine;
		this.folder = folder;
		this.gaps = []; // {from, to}: the gateway was not to be relied on
		this.counts = { reconnects: 0, zombies: 0, big_guilds: 0, rest_faults: 0, frames: 0, engine_restarts: 0, engine_kills: 0, reloads: 0 };
		this.events = []; // {at, what}, the last few
		this.turn = 0;
		this.ended = false;
	}

	steps() {
		return [this.close, this.rest, this.bigGuild, this.reconnect, this.reload, this.frame, this.rest, this.invalid, this.drop, this.close, this.zombie, this.bigGuild, this.engineRestart, this.rest, this.reload, this.engineKill, this.frame];
	}

	/** One trouble after the other, so many ms apart, until end(). */
	start(everyMs) {
		this.done = (async () => {
			while (!this.ended) {
				const step = this.steps()[this.turn++ % this.steps().length];
				if (!this.resting) {
					this.busy = true;
					this.events = [...this.events.slice(-20), { at: Date.now(), what: step.name }];
					await step.call(this).catch((error) => console.error(`soak: ${step.name}: ${error.message}`));
					this.busy = false;
				}
				for (const until = Date.now() + everyMs; Date.now() < until && !this.ended;)
					await sleep(100);
			}
		})();
	}

	/** What was going on about that time, for a sentence. */
	lately(at) {
		return this.events.filter((e) => Math.abs(e.at - at) < 15_000).map((e) => `${e.what} ${((e.at - at) / 1000).toFixed(1)} s`).join(', ') || 'nothing near';
	}

	async pause() {
		this.resting = true;
		while (this.busy)
			await sleep(50);
	}

	wake() {
		this.resting = false;
	}

	async end() {
		this.ended = true;
		await this.done;
	}

	/** Does it, and notes the time until the gateway carries events again, with a margin for what was under way. */
	async gap(act, waitMs = 500) {
		const gap = { from: Date.now() - 3500 };
		this.gaps.push(gap);
		await act();
		await sleep(waitMs);
		await this.discord.wait({ gateway: 'connected' }, { timeoutMs: 90_000 });
		await sleep(500);
		gap.to = Date.now();
		this.counts.reconnects++;
	}

	fault(kind, more) {
		return this.discord.fault(kind, more);
	}

	close() {
		return this.gap(() => this.fault('gateway_close', { code: CLOSES[this.turn % CLOSES.length] }));
	}

	reconnect() {
		return this.gap(() => this.fault('reconnect'));
	}

	invalid() {
		return this.gap(() => this.fault('invalid_session', { resumable: this.turn % 2 === 0 }), 6000);
	}

	drop() {
		return this.gap(() => this.fault('gateway_drop'));
	}

	frame() {
		this.counts.frames++;
		return this.gap(() => this.fault('gateway_frame', { mode: FRAMES[this.turn % FRAMES.length] }));
	}

	// heartbeats that nobody answers: found out within two of their intervals
	async zombie() {
		this.counts.zombies++;
		const { fault } = await this.fault('no_heartbeat_ack', { times: 0 });
		const before = await this.connections();
		await this.gap(async () => {
			await until('ddc gives the silent connection up', async () => await this.connections() > before, { timeoutMs: 60_000, everyMs: 250 }).catch(() => {});
			await this.discord.control(`DELETE /faults/${fault?.id ?? ''}`);
		});
	}

	async connections() {
		return (await this.discord.counters()).counters.gateway_connections;
	}

	async bigGuild() {
		this.counts.big_guilds++;
		this.bigGuildAt = Date.now();
		await this.fault('big_guild_now', { mb: 10 });
	}

	// never in the way of an interaction's first answer: that one has three seconds and no second try
	async rest() {
		this.counts.rest_faults++;
		await this.fault('rest', { route: '/channels/', preset: STATUSES[this.turn % STATUSES.length], times: 3, retry_after: 1 });
	}

	async engineRestart() {
		this.counts.engine_restarts++;
		await this.engine.halt();
		await sleep(2000);
		await this.engine.launch();
		await this.revive();
	}

	async engineKill() {
		this.counts.engine_kills++;
		await this.engine.kill();
		await sleep(1000);
		await this.engine.launch();
		await this.revive();
	}

	// somebody edits the folder by hand: another snapshot of the settings is put in force while everybody presses
	async reload() {
		this.counts.reloads++;
		const path = join(this.folder.config, 'config.json'), { mode, uid, gid } = statSync(path);
		const settings = JSON.parse(readFileSync(path, 'utf8'));
		settings.advanced_settings = { ...settings.advanced_settings, DDC_LIVE_LOGS_TAIL_LINES: String(20 + this.turn % 2 * 30) };
		writeFileSync(`${path}.new`, JSON.stringify(settings), { mode });
		chownSync(`${path}.new`, uid, gid);
		renameSync(`${path}.new`, path);
	}
}
