// 120 containers, 15 channels, 40 people who press, choose, type and send dialogs at the same moment: each is answered, every request is one
// that Discord takes, nobody acts without the right to, and no container is acted on twice at once.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bigSeed } from '../../sandbox/seed.js';
import { scenario } from '../lib/stage.js';
import { components, words } from '../lib/discord.js';
import { openControlPanel, openPicker, quiet } from '../lib/people.js';
import { CONTROL, JOERG, MAXI, STATUS } from '../lib/world.js';
import { patience, until } from '../lib/wait.js';

const id = (n) => `1180000000000000${n}`;
// 111 to 125; three of them are control channels.
const CHANNELS = Array.from({ length: 15 }, (_, n) => ({ id: id(111 + n), kind: n % 5 === 2 ? 'control' : 'status' }));
const PEOPLE = Array.from({ length: 40 }, (_, n) => id(201 + n)), ADMINS = [MAXI, JOERG], PLAIN = PEOPLE.filter((p) => !ADMINS.includes(p));
// The first twelve run; the fake rest is there to be shown, found and paged through. Two of the first may not be stopped.
const CONTAINERS = Array.from({ length: 120 }, (_, n) => ({ name: `box-${String(n).padStart(3, '0')}`, start: n < 12, run: n < 12 ? 'trap "exit 0" TERM; echo ready; while :; do sleep 1; done' : undefined, allowed_actions: n % 6 === 5 ? ['status'] : ['status', 'start', 'stop', 'restart'] }));
const box = (n) => CONTAINERS[n % 12].name;
const forbidden = (name) => !CONTAINERS.find((c) => c.name === name).allowed_actions.includes('restart');

/** One thing that somebody does: what came of it. */
const paths = {
	overview: (s, user, n) => s.discord.press(user, s.panel(n), /ddc1:(page:\w+:1|help)/),
	pick: (s, user, n) => s.discord.press(user, s.panel(n), /ddc1:pick/),
	bulk: (s, user) => s.discord.press(user, s.control, /ddc1:bulk:restart/),
	button: (s, user, n) => s.discord.click(user, s.control, `ddc1:restart:${box(n)}`, { force: true }),
	stale: (s, user, n) => s.discord.click(user, s.status, `ddc1:restart:${box(n)}`, { force: true }),
	command: (s, user, n) => s.discord.run(user, n % 2 ? CONTROL : STATUS, 'restart', { container: box(n) }),
	logs: (s, user, n) => s.discord.run(user, n % 2 ? CONTROL : STATUS, 'logs', { container: box(n) }),
	stats: (s, user, n) => s.discord.run(user, CONTROL, 'stats', { container: box(n) }),
	complete: (s, user) => s.discord.autocomplete(user, CONTROL, 'restart', 'container', 'box-0'),
	search: async (s, user, n) => {
		const picker = await openPicker(s, user, s.control);
		const opened = await s.discord.press(user, picker, /ddc1:search/);
		const field = components({ components: opened.modal.components }).find((c) => c.custom_id && c.type === 4).custom_id;
		return s.discord.submit(user, opened, { [field]: `box-0${n % 10}` });
	},
	panel: async (s, user, n) => ({ message: await openControlPanel(s, user, s.control, CONTAINERS[n % 25].name), outcome: 'message' }),
	doctor: (s, user) => s.discord.run(user, STATUS, ADMINS.includes(user) ? 'doctor' : 'rights'), // Discord shows the one to admins only
	help: (s, user) => s.discord.run(user, STATUS, 'help'),
};

scenario('120 containers, 15 channels, 40 people at once', {
	// Forty people and the stand-in share one process, often one core with ddc: three seconds by its clock would be a verdict on the machine.
	containers: CONTAINERS, channels: CHANNELS, discord: { seed: bigSeed({ channels: 15, users: 40 }), warm: true, interaction_timeout_ms: patience(12_000) }, env: { DDC_PANEL_GROUPS: 'both', DDC_MAX_PENDING_ACTIONS: '10' }, timeoutMs: 300_000,
}, async (stage, t) => {
	const { discord, ddc, folder, engine } = stage;
	const shown = {};
	for (const c of CHANNELS)
		shown[c.id] = await discord.panel(c.id, /ddc1:pick/, { timeoutMs: 60_000 });
	Object.assign(stage, { status: shown[STATUS], control: shown[CONTROL], panel: (n) => shown[CHANNELS[n % 15].id] });
	await quiet(stage, 4000);
	const before = Object.fromEntries(await Promise.all(CONTAINERS.slice(0, 12).map(async (c) => [c.name, (await engine.state(c.name)).StartedAt])));
	const names = Object.keys(paths);
	const failures = [];
	await Promise.all(PEOPLE.map(async (user, who) => {
		for (let n = 0; n < 6; n++) {
			const path = names[(who + n * 5) % names.length];
			const answer = await paths[path](stage, user, who + n).catch((e) => ({ outcome: e.message }));
			if (!['message', 'update', 'updated', 'modal', 'choices', 'autocomplete', 'nothing', 'deferred', 'edited'].includes(answer.outcome) && !answer.message && !answer.choices)
				failures.push(`${path} by ${who}: ${answer.outcome}`);
		}
	}));
	assert.deepEqual(failures, [], 'everybody is answered');
	await quiet(stage, 4000);

	const records = readFileSync(`${folder.logs}/audit.jsonl`, 'utf8').trim().split('\n').map((l) => JSON.parse(l));
	const done = records.filter((r) => ['restart', 'start', 'stop'].includes(r.action) && r.result === 'done');
	t.diagnostic(`${records.length} records, ${done.length} actions done`);
	assert.ok(done.length >= 5, 'those who may, could');
	for (const r of done) {
		const kind = CHANNELS.find((c) => c.id === r.channel_id)?.kind;
		assert.ok(kind === 'control' || ADMINS.includes(r.user_id), `${r.user} acted in a status channel`);
		assert.ok(!forbidden(r.target), `${r.target} may not be restarted, and was`);
	}
	for (const c of CONTAINERS.slice(0, 12).filter((b) => forbidden(b.name)))
		assert.equal((await engine.state(c.name)).StartedAt, before[c.name], `${c.name} was left alone`);
	// Two actions on one container never overlap: each begins after the one before has ended.
	const ends = {};
	for (const r of done) {
		const end = Date.parse(r.at), start = end - r.took_ms;
		assert.ok(!(ends[r.target] > start + 1500), `${r.target} was acted on twice at once`);
		ends[r.target] = end;
	}
	assert.ok(records.some((r) => r.result === 'refused' && PLAIN.includes(r.user_id)), 'and who may not was told');
	const health = await until('ddc is well', async () => (await ddc.health()).status === 200);
	assert.ok(health);
	const memory = JSON.parse(ddc.command('memory', '--json').out).now;
	t.diagnostic(`held ${memory.held_bytes}, live ${memory.all.bytes}`);
	assert.ok(memory.all.bytes < 1024 * 1024, `${memory.all.bytes} bytes are held after it`);
	assert.match(words(await discord.message(stage.status.id)), /running/);
	assert.equal((await discord.counters()).counters.interactions_unanswered ?? 0, 0, 'each within the time');
});
