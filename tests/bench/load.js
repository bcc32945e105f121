// ddc-load (load/), as the benchmark calls it: what one run of it has printed.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { makeFolder, removeFolder } from '../lib/config.js';
import { ROOT } from '../lib/ddc.js';
import { TOKEN } from '../lib/world.js';

export const LOAD = join(ROOT, 'build/tests/bench/load/ddc-load');

/** A run of ddc-load, which starts ddc itself with this configuration and plays Discord and the engine. */
export async function load(mode, subject, number, { containers = [], channels = [] } = {}) {
	const folder = makeFolder({ containers, channels });
	const env = { PATH: process.env.PATH, HOME: folder.top, TZ: 'Europe/Berlin', DDC_CONFIG_DIR: folder.config, DDC_LOG_DIR: folder.logs, DDC_LOG_LEVEL: 'error', DISCORD_BOT_TOKEN: TOKEN, DDC_BENCH_CONTAINERS: String(containers.length) };
	try {
		return await new Promise((done, failed) => {
			let text = '';
			const child = spawn(LOAD, [mode, subject, String(number)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
			child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
			// ddc's own first lines may stand before the result
			child.once('error', failed).on('close', (code) => (code ? failed(new Error(`ddc-load ${mode} ended with ${code}`)) : done(JSON.parse(text.slice(text.lastIndexOf('\n{') + 1)))));
		});
	} finally {
		removeFolder(folder);
	}
}
