// A scenario's stage: a private Docker Engine with the containers that it needs, the sandbox for Discord, and the real ddc
// between them. scenario() sets it up, plays, checks what must always be so, and takes it down; when something is
// not as it should be, the error comes with the last lines of ddc's log and of the journal.

import test from 'node:test';
import { makeFolder, removeFolder } from './config.js';
import { Ddc } from './ddc.js';
import { Discord } from './discord.js';
import { Engine } from './engine.js';
import { TOKEN } from './world.js';
import { patience } from './wait.js';

const TEST_MS = 120_000;

// One engine a file: it is the slow part. Its containers are removed between scenarios.
let engine;

async function theEngine(options) {
	if (engine && options.network && !engine.options.network) {
		await engine.stop();
		engine = undefined;
	}
	engine ??= await Engine.start(options);
	return engine;
}

const LEFT_OPEN_MS = 15_000;

test.after(async () => {
	await engine?.stop();
	// What a scenario forgot to close would keep this process, and everything behind it, waiting for ever.
	setTimeout(() => {
		console.error(`something was left open: ${process.getActiveResourcesInfo().join(', ')}`);
		process.exit(1);
	}, LEFT_OPEN_MS).unref();
});

export class Stage {
	/**
	 * spec: containers: [name | {name, run, start, …container file's keys, docker: {…Docker's keys}}]; more of writeConfig():
	 * channels, admins, cooldowns, config, files. engine: false (none at all) or {network: true}; dockerHost: instead
	 * of the engine's own; discord: options of the sandbox; env; token; start: false (ddc is started by the scenario);
	 * ready: false (do not wait for health); skip, timeoutMs: of the test; provokes: counters that assertClean() lets pass.
	 */
	static async open(spec) {
		const stage = new Stage(spec);
		try {
			await stage.setUp();
		} catch (error) {
			await stage.explain(error);
			await stage.close();
			throw error;
		}
		return stage;
	}

	constructor(spec) {
		this.spec = spec;
		this.closers = [];
	}

	async setUp() {
		const { spec } = this;
		const containers = (spec.containers ?? []).map((c) => (typeof c === 'string' ? { name: c } : c));
		if (spec.engine !== false) {
			this.engine = await theEngine(spec.engine ?? {});
			await this.engine.removeAll();
			await Promise.all(containers.filter((c) => c.exists !== false).map((c) => this.engine.run(c.name, { run: c.run, start: c.start, ...c.docker })));
		}
		this.discord = await Discord.start(spec.discord);
		this.folder = makeFolder({ ...spec, containers: containers.map(settingsOf).filter(Boolean) });
		const dockerHost = typeof spec.dockerHost === 'function' ? await spec.dockerHost(this) : spec.dockerHost ?? this.engine?.host;
		this.ddc = new Ddc({ folder: this.folder, api: this.discord.api, token: spec.token === undefined ? TOKEN : spec.token, env: spec.env, binary: spec.binary, dockerHost });
		if (spec.start === false)
			return;
		await this.ddc.start();
		if (spec.ready !== false)
			await this.ddc.waitHealth();
	}

	/** To be run at the end, the latest first. */
	defer(close) {
		this.closers.push(close);
	}

	async explain(error) {
		if (error.explained)
			return;
		error.explained = true;
		const parts = [error.message];
		if (this.ddc?.lines.length)
			parts.push(`--- last lines of ddc`, this.ddc.tail());
		if (this.discord)
			parts.push(`--- last entries of the sandbox's journal`, await this.discord.tail().catch((e) => `  (${e.message})`));
		// reporters print the stack, which has a copy of the message of its own
		const text = parts.join('\n');
		error.stack = `${text}\n${(error.stack ?? '').replace(error.message, '').slice(0, 2000)}`;
		error.message = text;
	}

	/** What must be so after every scenario. */
	async verify() {
		if (this.ddc.running)
			await this.ddc.stop();
		this.ddc.assertNoReport();
		await this.discord.assertClean(this.spec.provokes ?? []);
	}

	async close() {
		for (const close of this.closers.reverse())
			await close();
		await this.ddc?.kill().catch(() => {});
		await this.discord?.stop();
		if (this.folder)
			removeFolder(this.folder);
	}
}

// `configured: false`: the engine has it, ddc was not told of it.
function settingsOf({ run, start, docker, exists, configured, ...settings }) {
	void run, start, docker, exists;
	return configured === false ? undefined : settings;
}

/** A test with a stage. act(stage, t) plays it. */
export function scenario(name, spec, act) {
	test(name, { timeout: patience(spec.timeoutMs ?? TEST_MS), skip: spec.skip }, async (t) => {
		const stage = await Stage.open(spec);
		try {
			await act(stage, t);
			await stage.verify();
		} catch (error) {
			await stage.explain(error);
			throw error;
		} finally {
			await stage.close();
		}
	});
}
