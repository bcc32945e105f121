// make size: what the two builds weigh, which folder of src/ that comes from, and what is resident at rest.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, removeFolder } from '../lib/config.js';
import { Ddc, ROOT } from '../lib/ddc.js';
import { sleep } from '../lib/wait.js';
import { print } from './table.js';

const BUILDS = { dev: 'build', release: 'build-release' };
const size = (args) => execFileSync('size', args, { encoding: 'utf8' }).trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/).map(Number));

function whole(build) {
	const [[text, data, bss]] = size([join(ROOT, build, 'ddc')]);
	return { text, data, bss };
}

/** Bytes of text and data per folder of src/, over the objects of its static library. */
function folders(build) {
	const found = {};
	for (const path of readdirSync(join(ROOT, build, 'src'), { recursive: true }).filter((p) => p.endsWith('.o'))) {
		const folder = path.split('/lib')[0].split('/').slice(0, 2).join('/');
		const [[text, data, bss]] = size([join(ROOT, build, 'src', path)]);
		found[folder] = (found[folder] ?? 0) + text + data + bss;
	}
	return found;
}

async function resident(build) {
	const folder = makeFolder();
	const ddc = new Ddc({ folder, binary: join(ROOT, build, 'ddc'), token: null });
	try {
		await ddc.start();
		await ddc.waitHealth(503);
		await sleep(1000);
		return ddc.figures();
	} finally {
		await ddc.kill();
		removeFolder(folder);
	}
}

const kb = (n) => `${(n / 1024).toFixed(1)} KiB`;
const rows = [];
const parts = {};
for (const [name, build] of Object.entries(BUILDS)) {
	parts[name] = { ...whole(build), folders: name === 'dev' ? folders(build) : {}, rest: await resident(build) };
}
const each = (pick) => Object.fromEntries(Object.entries(parts).map(([name, v]) => [name, pick(v)]));
rows.push({ what: 'text', ...each((v) => kb(v.text)) }, { what: 'data', ...each((v) => kb(v.data)) }, { what: 'bss', ...each((v) => kb(v.bss)) },
	{ what: 'resident, no token, no settings', ...each((v) => `${v.rest.rss} KiB`) }, { what: '  of it private', ...each((v) => `${v.rest.anon} KiB`) });
for (const [folder, bytes] of Object.entries(parts.dev.folders).sort((a, b) => b[1] - a[1]))
	rows.push({ what: `src/${folder} (objects)`, dev: kb(bytes) });
print(rows, ['what', 'dev', 'release']);
