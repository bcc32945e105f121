// The main job: a person presses a button, a real container restarts, everybody sees it at once.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { findComponent, hasComponent, words } from '../lib/discord.js';
import { ICON, openControlPanel, PANEL_EDIT, panels, sent, shown } from '../lib/people.js';
import { ADA, JOERG, MAXI } from '../lib/world.js';

// A container that takes a moment to stop, so that "pending" can be seen by slow eyes too.
const SLOW_STOP = 'trap "sleep 1.5; exit 0" TERM; while :; do sleep 3600 & wait $!; done';

scenario('🛠️, container, 🔄: pending on every panel at once, then the real result', { containers: [{ name: 'web', run: SLOW_STOP }, 'db'] }, async (stage, t) => {
	const { discord, engine } = stage;
	const { overview, admin } = await panels(stage);
	const before = await engine.state('web');
	const mine = await openControlPanel(stage, MAXI, overview, 'web');
	assert.ok(mine.flags & 64, 'the control panel is private');
	const others = await openControlPanel(stage, ADA, admin, 'web');
	assert.ok(hasComponent(mine, /ddc1:restart:web/) && hasComponent(mine, /ddc1:stop:web/), 'a running container can be stopped and restarted');
	assert.ok(!hasComponent(mine, /ddc1:start:web/) || findComponent(mine, /ddc1:start:web/).disabled, 'and not started');

	const pressed = performance.now();
	const answer = await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: true });
	assert.match(answer.outcome, /update|message|deferred_update/);
	const pending = /⏳|Restarting/;
	await Promise.all([discord.shows(overview, shown('web', ICON.pending)), discord.shows(admin, shown('web', ICON.pending)), discord.shows(mine, pending), discord.shows(others, pending)]);
	t.diagnostic(`pending on four panels ${Math.round(performance.now() - pressed)} ms after the press`);
	assert.match(words(await discord.message(admin.id)), /Restarting… \(by Maxi\)|Maxi/, 'and it says who');

	await Promise.all([discord.shows(overview, shown('web', ICON.running)), discord.shows(admin, shown('web', ICON.running)), discord.shows(mine, /ddc1:restart:web/)]);
	t.diagnostic(`result on the panels after ${Math.round(performance.now() - pressed)} ms, 1500 of which the container took`);
	const after = await engine.state('web');
	assert.equal(after.Status, 'running');
	assert.notEqual(after.StartedAt, before.StartedAt, 'the container was really restarted');
	assert.equal((await engine.state('db')).Status, 'running');
});

scenario('stop and start from the control panel', { containers: ['web'] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const mine = await openControlPanel(stage, JOERG, admin, 'web');
	await discord.press(JOERG, mine, /ddc1:stop:web/);
	await engine.waitState('web', 'exited');
	const stopped = await discord.shows(mine, /ddc1:start:web/);
	await discord.shows(admin, shown('web', ICON.stopped));
	await discord.press(JOERG, stopped, /ddc1:start:web/);
	await engine.waitState('web', 'running');
	await discord.shows(admin, shown('web', ICON.running));
});

scenario('two people press at the same time: one acts, the other is told so', { containers: [{ name: 'web', run: SLOW_STOP }] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const [mine, others] = [await openControlPanel(stage, MAXI, admin, 'web'), await openControlPanel(stage, JOERG, admin, 'web')];
	await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: true });
	const second = await discord.click(JOERG, others, 'ddc1:restart:web', { force: true });
	const told = await discord.message(second.message?.id ?? others.id);
	assert.match(words(told), /already|under way|bereits|läuft/i, 'the second one reads that something is under way (Jörg reads German)');
	await discord.shows(admin, shown('web', ICON.running), { timeoutMs: 20_000 });
	const { RestartCount } = await engine.inspect('web');
	assert.equal(RestartCount, 0); // Docker counts its own restarts there: none
});

scenario('an action is edited into the panels, never against the limit', { containers: ['web'] }, async (stage) => {
	const { discord } = stage;
	const { overview, admin } = await panels(stage);
	const seq = await discord.lastSeq();
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	for (let n = 0; n < 3; n++) {
		const now = await discord.shows(mine, /ddc1:restart:web/);
		await discord.press(MAXI, now, /ddc1:restart:web/, { wait: true });
		if (n === 0) // on a quick machine the later ones are over before the limit lets an edit through
			await discord.shows(overview, shown('web', ICON.pending));
		await discord.shows(mine, /Restart: done/, { timeoutMs: 20_000 });
	}
	await discord.shows(overview, shown('web', ICON.running), { timeoutMs: 20_000 });
	const answers = await sent(stage, seq, { route: PANEL_EDIT });
	assert.deepEqual(answers.filter((e) => e.status === 429), []);
});
