// Nothing happens: ddc asks the engine nothing, sends Discord nothing but heartbeats, and sleeps.

import assert from 'node:assert/strict';
import { Proxy } from '../lib/proxy.js';
import { scenario } from '../lib/stage.js';
import { ICON, quiet, sent, shown } from '../lib/people.js';
import { sleep } from '../lib/wait.js';
import { STATUS } from '../lib/world.js';

const LOOK_MS = 20_000;

scenario('ten running containers, an overview posted, twenty seconds of nothing', {
	containers: Array.from({ length: 10 }, (_, n) => `box${n}`), channels: [{ id: STATUS, kind: 'status' }],
	dockerHost: async (stage) => {
		stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
		stage.defer(() => stage.proxy.stop());
		return stage.proxy.host;
	},
}, async (stage, t) => {
	const { discord, ddc, proxy } = stage;
	const overview = await discord.panel(STATUS, /ddc1:pick/);
	await discord.shows(overview, shown('box9', ICON.running));
	await quiet(stage, 6000); // the start is over: what is learnt about the containers meanwhile is shown in one edit, some seconds later
	const [seq, asked, before] = [await discord.lastSeq(), proxy.count(), ddc.figures()];
	await sleep(LOOK_MS);
	const after = ddc.figures();
	const perMinute = (n) => Math.round(n * 60_000 / LOOK_MS);
	t.diagnostic(`a minute: ${perMinute(proxy.count() - asked)} requests to the engine, ${perMinute(after.wakeups - before.wakeups)} wake-ups, ${(after.cpu_ms - before.cpu_ms).toFixed(1)} ms CPU in ${LOOK_MS / 1000} s`);
	assert.deepEqual(await sent(stage, seq), [], 'nothing was sent to Discord');
	assert.ok(proxy.count() - asked <= 1, `${proxy.count() - asked} requests to the engine: ${proxy.requests.slice(asked).map((r) => r.path)}`);
	assert.ok(after.wakeups - before.wakeups <= 40, `${after.wakeups - before.wakeups} wake-ups in ${LOOK_MS / 1000} s: something is busy`);
});
