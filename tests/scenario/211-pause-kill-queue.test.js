// Pause, kill and stop time-outs as the container's file allows them; what waits for its turn can be cancelled.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { hasComponent, words } from '../lib/discord.js';
import { assertRefused, ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { ADA, JOERG, MAXI } from '../lib/world.js';

const ALL = ['status', 'start', 'stop', 'restart', 'pause', 'kill'];
const STUBBORN = 'trap "" TERM; while :; do sleep 3600 & wait $!; done';

scenario('pause, resume, and kill after a second look', { containers: [{ name: 'web', allowed_actions: ALL }, 'plain'] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const plain = await openControlPanel(stage, MAXI, admin, 'plain');
	assert.ok(!hasComponent(plain, /ddc1:(pause|kill):/), 'not there unless listed');
	assertRefused(await discord.click(MAXI, admin, 'ddc1:kill:plain', { force: true }), /not among the actions/);
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.press(MAXI, mine, /ddc1:pause:web/);
	await engine.waitState('web', 'paused');
	await discord.shows(admin, shown('web', ICON.paused));
	const paused = await discord.shows(mine, /ddc1:unpause:web/);
	await discord.press(MAXI, paused, /ddc1:unpause:web/);
	await engine.waitState('web', 'running');
	const running = await discord.shows(mine, /ddc1:pause:web/);
	const asked = await discord.press(MAXI, running, /ddc1:kill:web/);
	const question = await discord.message(asked.message?.id ?? mine.id);
	assert.match(words(question), /ended at once/);
	assert.equal((await engine.state('web')).Status, 'running', 'the question does nothing');
	await discord.press(MAXI, question, /ddc1:killgo/);
	await engine.waitState('web', 'exited');
	assert.equal((await engine.state('web')).ExitCode, 137);
	await discord.shows(mine, /Kill: done/);
});

scenario('the stop time-out of the container file', { containers: [{ name: 'web', run: STUBBORN, stop_timeout: 1 }] }, async (stage, t) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.press(MAXI, mine, /ddc1:stop:web/);
	await engine.waitState('web', 'exited');
	const done = await discord.shows(mine, /Stop: done in [0-9.]+ s/);
	const seconds = Number(/done in ([0-9.]+) s/.exec(words(done))[1]);
	t.diagnostic(`stopped after ${seconds} s (Docker's own patience is 10 s)`);
	assert.ok(seconds < 8);
});

const names = ['one', 'two', 'three', 'four', 'five', 'six'];

scenario('four at the engine, the others wait: cancelled by who asked; a full queue says so', { containers: names.map((name) => ({ name, run: STUBBORN, stop_timeout: 6 })), env: { DDC_MAX_PENDING_ACTIONS: '5' } }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('six', ICON.running));
	for (const name of names.slice(0, 4))
		await discord.click(MAXI, admin, `ddc1:stop:${name}`, { force: true });
	const waiting = await openControlPanel(stage, ADA, admin, 'five');
	await discord.press(ADA, waiting, /ddc1:stop:five/);
	const now = await discord.shows(waiting, /Waits for its turn/);
	const full = await discord.click(JOERG, admin, 'ddc1:stop:six', { force: true });
	assert.match(words(full.message), /5 Aktionen/, 'Jörg reads German');
	await discord.press(ADA, now, /ddc1:cancel:five/);
	await discord.shows(waiting, /was cancelled/);
	await until('the four are down', async () => (await Promise.all(names.slice(0, 4).map((n) => engine.state(n)))).every((s) => s.Status === 'exited'), { timeoutMs: 30_000 });
	assert.equal((await engine.state('five')).Status, 'running', 'what was cancelled was not done');
	assert.equal((await engine.state('six')).Status, 'running');
});
