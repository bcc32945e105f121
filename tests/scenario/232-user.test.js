// PUID and PGID, as the original's image has them: started as root, ddc becomes that user before it does anything.

import assert from 'node:assert/strict';
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from '../lib/stage.js';
import { test } from 'node:test';

const asRoot = { skip: process.getuid() !== 0 && 'only root can become somebody else' };

async function played(env, act) {
	const stage = await Stage.open({ engine: false, start: false, env });
	try {
		await act(stage);
		await stage.verify();
	} catch (error) {
		await stage.explain(error);
		throw error;
	} finally {
		await stage.close();
	}
}

const status = (pid) => Object.fromEntries(readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').map((l) => l.split(/:\s*/)));

test('root with PUID and PGID: that user, the socket\'s group, no rights, and the folders are its own', asRoot, async () => {
	await played({ PUID: ' 4711', PGID: '0815' }, async ({ ddc, folder }) => {
		// whatever exists at DOCKER_HOST has a group; root's own counts too
		const socket = join(folder.top, 'engine.sock');
		writeFileSync(socket, '');
		chownSync(socket, 0, 2375);
		Object.assign(ddc.options, { dockerHost: `unix://${socket}` });
		chownSync(folder.top, 4711, 815);
		await ddc.start();
		await ddc.waitLog(/gateway: logged in/);
		const s = status(ddc.pid);
		assert.match(s.Uid, /^4711\t4711\t4711\t4711/);
		assert.match(s.Gid, /^815\t815\t815\t815/);
		assert.equal(s.Groups.trim(), '2375');
		assert.match(s.CapEff, /^0+$/);
		assert.equal(statSync(join(folder.config, 'config.json')).uid, 4711);
		assert.equal(statSync(join(folder.config, 'channels')).gid, 815);
	});
});

test('a PUID that is no number: a sentence, and an end', asRoot, async () => {
	for (const PUID of ['nobody', '-1', '1000x', '4294967295'])
		await played({ PUID }, async ({ ddc, folder }) => {
			await ddc.start();
			assert.equal((await ddc.waitEnd(5000)).code, 1);
			assert.match(ddc.log(), /PUID is ".*", which is no number/);
			assert.equal(statSync(join(folder.config, 'config.json')).uid, 0, 'nothing was given away');
		});
});

test('without PUID root stays what it is', asRoot, async () => {
	await played({}, async ({ ddc }) => {
		await ddc.start();
		await ddc.waitLog(/gateway: logged in/);
		assert.match(status(ddc.pid).Uid, /^0\t/);
	});
});
