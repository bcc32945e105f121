// Discord's REST side fails: the panel ends up right all the same, limits are respected, people are answered.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { ICON, openControlPanel, PANEL_EDIT, panels, quiet, sent, shown } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { ADA, CONTROL, GRACE, JOERG, MAXI, STATUS } from '../lib/world.js';

const PANEL_ROUTE = '/channels/\\d+/messages/\\d+$';

for (const [what, fault, provokes = []] of [
	['a 500', { preset: '500' }], ['a 502 in HTML', { preset: '502' }], ['a 503', { preset: '503' }], ['a 429', { preset: '429', retry_after: 1 }, ['answers_429', 'invalid_requests']],
	['a global 429', { preset: '429-global', retry_after: 1 }, ['answers_429', 'invalid_requests']], ['a broken answer', { mode: 'cut' }], ['no JSON', { mode: 'not_json' }], ['a lost connection', { mode: 'drop' }],
	['an edit that took effect, its answer lost', { mode: 'drop', when: 'after' }],
])
	scenario(`${what} in the place of an edit: the panel ends up right`, { containers: ['web'], provokes }, async (stage) => {
		const { discord, engine } = stage;
		const { overview, admin } = await panels(stage);
		await discord.shows(overview, shown('web', ICON.running));
		await discord.shows(admin, shown('web', ICON.running));
		await discord.fault('rest', { method: 'PATCH', route: PANEL_ROUTE, times: 2, ...fault });
		await engine.stopContainer('web');
		await discord.shows(overview, shown('web', ICON.stopped), { timeoutMs: 40_000 });
		await discord.shows(admin, shown('web', ICON.stopped), { timeoutMs: 40_000 });
		assert.equal((await discord.messages(STATUS)).length, 1, 'and there is still one');
		assert.equal((await discord.messages(CONTROL)).length, 1);
	});

scenario('a post whose answer is lost is not posted twice', { containers: ['web'], start: false }, async (stage) => {
	const { discord, ddc } = stage;
	await discord.fault('rest', { method: 'POST', route: `/channels/${STATUS}/messages$`, mode: 'drop', when: 'after' });
	await ddc.start();
	await ddc.waitHealth();
	await panels(stage);
	await sleep(5000);
	assert.equal((await discord.messages(STATUS)).length, 1);
});

scenario('no permission in one channel: said in the log by name, the other panel lives, and it is not hammered', { containers: ['web'], start: false, provokes: ['invalid_requests'] }, async (stage) => {
	const { discord, ddc, engine } = stage;
	await discord.control(`PUT /channels/${STATUS}/permissions`, { id: '1180000000000000100', deny: ['SEND_MESSAGES'] });
	await ddc.start();
	const admin = await discord.panel(CONTROL, /ddc1:pick/);
	await ddc.waitLog(new RegExp(`${STATUS}|server-status|status`), { timeoutMs: 20_000 });
	await engine.stopContainer('web');
	await discord.shows(admin, shown('web', ICON.stopped));
	const tries = (await sent(stage, 0, { method: 'POST', route: `/channels/${STATUS}/messages$` })).length;
	assert.ok(tries <= 5, `${tries} tries to post where it may not`);
});

scenario("Discord's own limits with many changes: all is shown in the end, no limit is run into", { containers: ['web', 'db'] }, async (stage, t) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage);
	await discord.shows(overview, shown('web', ICON.running));
	const seq = await discord.lastSeq();
	for (let n = 0; n < 12; n++) {
		await engine.must('POST', '/containers/web/pause');
		await sleep(150);
		await engine.must('POST', '/containers/web/unpause');
		await sleep(150);
	}
	await engine.stopContainer('db');
	await discord.shows(overview, new RegExp(`${shown('web', ICON.running).source}[^]*${shown('db', ICON.stopped).source}`), { timeoutMs: 30_000 });
	const edits = await sent(stage, seq, { route: PANEL_EDIT });
	t.diagnostic(`25 changes: ${edits.length} edits of two panels`);
});

scenario('a container crashes over and over: a press on another one is shown all the same, because some edits are left to what people do', { containers: ['web', { name: 'loop', run: 'sleep 0.3; exit 1', start: false, docker: { HostConfig: { RestartPolicy: { Name: 'always' } } } }] }, async (stage, t) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage, { admin: null });
	const mine = await openControlPanel(stage, MAXI, overview, 'web');
	await quiet(stage);
	// A window this long does not reset within the test: what the loop uses up is gone.
	await discord.control('POST /limits', { message_edit: { limit: 5, window: 120 } });
	const seq = await discord.lastSeq();
	const edits = async () => (await sent(stage, seq, { route: PANEL_EDIT })).filter((e) => e.path.includes(overview.id));
	await engine.start('loop');
	await until('it crashes over and over', async () => (await engine.inspect('loop')).RestartCount >= 5);
	t.diagnostic(`the loop was shown with ${(await edits()).length} edits`);
	assert.equal((await edits()).length, 3, 'the loop has three edits of five');

	await discord.press(MAXI, mine, /ddc1:stop:web/);
	await discord.shows(overview, shown('web', ICON.stopped));
	assert.equal((await edits()).length, 5, 'the action and its result have the other two');
});

scenario('messages older than an hour (30046): edits are spaced', { containers: ['web'], provokes: ['answers_429', 'invalid_requests'] }, async (stage) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage);
	await discord.shows(overview, shown('web', ICON.running));
	await stage.ddc.stop();
	await discord.control(`POST /messages/${overview.id}/age`, { ms: 2 * 3600_000 });
	await discord.control('POST /limits', { old_edits: { limit: 3, window: 20 } });
	await stage.ddc.start();
	await stage.ddc.waitHealth();
	const seq = await discord.lastSeq();
	for (let n = 0; n < 6; n++) {
		await engine.must('POST', '/containers/web/pause');
		await sleep(300);
		await engine.must('POST', '/containers/web/unpause');
		await sleep(300);
	}
	await engine.stopContainer('web');
	await discord.shows(overview, shown('web', ICON.stopped), { timeoutMs: 40_000 });
	const refused = (await sent(stage, seq, { route: PANEL_EDIT })).filter((e) => e.status === 429 || e.status === 400);
	assert.ok(refused.length <= 1, `${refused.length} edits were refused`);
});

scenario('Discord takes its time for each request and forty people press at once: all are answered within the three seconds', { containers: ['web'] }, async (stage, t) => {
	const { discord } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	await discord.fault('rest', { route: '.', mode: 'delay', delay_ms: 250, times: 0 });
	const people = Array.from({ length: 40 }, (_, n) => [MAXI, JOERG, ADA, GRACE][n % 4]);
	const answers = await Promise.all(people.map((who) => discord.press(who, admin, /ddc1:pick$/, { wait: true }).catch((error) => error)));
	const late = answers.filter((a) => a instanceof Error || a.outcome !== 'message');
	t.diagnostic(`the last one after ${Math.round(Math.max(...answers.map((a) => a.latency_ms ?? 0)))} ms`);
	assert.deepEqual(late.slice(0, 2), []);
});

scenario('the token is refused while the gateway still stands: health says so, and nothing more is asked', { containers: ['web'], provokes: ['invalid_requests'] }, async (stage) => {
	const { discord, ddc, engine } = stage;
	const { overview } = await panels(stage);
	await discord.shows(overview, shown('web', ICON.running));
	await discord.fault('rest', { method: 'PATCH', route: PANEL_ROUTE, status: 401, body: { message: '401: Unauthorized', code: 0 }, times: 0 });
	await engine.stopContainer('web');
	await ddc.waitHealth(503, /token/i);
	const seq = await discord.lastSeq();
	await engine.start('web');
	await sleep(2000);
	assert.equal((await sent(stage, seq, {})).length, 0);
});
