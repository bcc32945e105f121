// What happens to a container, from wherever, is on the panels at once; and nothing is sent when nothing happened.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { ICON, PANEL_EDIT, panels, quiet, sent, shown } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { STATUS } from '../lib/world.js';

scenario('stop, start, crash, pause, removal and renaming at the engine show on every panel', { containers: ['web', 'db'] }, async (stage, t) => {
	const { discord, engine } = stage;
	const { overview, admin } = await panels(stage);
	await discord.shows(overview, shown('web', ICON.running));
	const steps = [
		['stopped', () => engine.stopContainer('web'), ICON.stopped],
		['started', () => engine.start('web'), ICON.running],
		['paused', () => engine.must('POST', '/containers/web/pause'), ICON.paused],
		['resumed', () => engine.must('POST', '/containers/web/unpause'), ICON.running],
		['killed', () => engine.killContainer('web'), `(?:${ICON.failed}|${ICON.stopped})`],
		['removed', () => engine.remove('web'), ICON.missing],
		['created anew', () => engine.run('web'), ICON.running],
		['renamed away', () => engine.must('POST', '/containers/web/rename?name=other'), ICON.missing],
		['renamed back', () => engine.must('POST', '/containers/other/rename?name=web'), ICON.running],
	];
	for (const [what, act, icon] of steps) {
		await act();
		const from = performance.now();
		await Promise.all([discord.shows(overview, shown('web', icon)), discord.shows(admin, shown('web', icon))]);
		t.diagnostic(`${what}: on both panels after ${Math.round(performance.now() - from)} ms`);
	}
});

scenario('nothing happens: no edit of a panel and no request to Discord', { containers: ['web', 'db'], channels: [{ id: STATUS, kind: 'status' }] }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage, { admin: null }); // an admin overview gets figures every few minutes
	await discord.shows(overview, shown('web', ICON.running));
	await quiet(stage);
	const seq = await discord.lastSeq();
	await sleep(10_000);
	assert.deepEqual(await sent(stage, seq), []);
});

scenario('many changes at once become few edits', { containers: Array.from({ length: 12 }, (_, n) => `box${n}`) }, async (stage, t) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage, { admin: null });
	await discord.shows(overview, shown('box11', ICON.running));
	const seq = await discord.lastSeq();
	await Promise.all(Array.from({ length: 12 }, (_, n) => engine.killContainer(`box${n}`, 'SIGTERM')));

	await until('all are shown as stopped', async () => {
		const text = JSON.stringify(await discord.message(overview.id));
		return Array.from({ length: 12 }, (_, n) => shown(`box${n}`, ICON.stopped)).every((p) => p.test(text));
	});
	const edits = (await sent(stage, seq, { route: PANEL_EDIT })).filter((e) => e.path.includes(overview.id));
	t.diagnostic(`12 containers stopped: ${edits.length} edits of the overview`);
	assert.ok(edits.length < 12, `${edits.length} edits for 12 changes: they are not put together`);
});
