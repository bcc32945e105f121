// `ddc | less`, a log driver that hangs: nobody takes what ddc writes to standard output. It works all the same, and says afterwards what is
// missing there.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ICON, panels, shown } from '../lib/people.js';
import { scenario } from '../lib/stage.js';
import { until } from '../lib/wait.js';

/** A pipe with both ends in our hand. */
class Pipe {
	constructor(folder) {
		const path = join(folder, 'stdout.fifo');
		execFileSync('mkfifo', [path]);
		this.mine = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
		this.end = openSync(path, constants.O_WRONLY); // as a shell makes it: whoever writes waits
	}

	fill() {
		this.untilFull(() => writeSync(this.mine, Buffer.alloc(4096, '.')));
	}

	read() {
		const part = Buffer.alloc(4096);
		let text = '';
		this.untilFull(() => (text += part.toString('utf8', 0, readSync(this.mine, part))));
		return text;
	}

	untilFull(step) {
		try {
			for (;;)
				step();
		} catch (error) {
			if (error.code !== 'EAGAIN')
				throw error;
		}
	}

	close() {
		closeSync(this.mine);
		closeSync(this.end);
	}
}

scenario('standard output is full and nobody reads it: health and panels as ever, the log file whole, and the gap is told', {
	containers: ['web'], start: false, env: { DDC_LOG_LEVEL: 'debug' },
}, async (stage) => {
	const { ddc, discord, engine, folder } = stage;
	const pipe = new Pipe(folder.top);
	stage.defer(() => pipe.close());
	pipe.fill();
	ddc.options.stdout = pipe.end;
	await ddc.start();
	await ddc.waitHealth(200);
	const { overview } = await panels(stage);
	await engine.stopContainer('web');
	await discord.shows(overview, shown('web', ICON.stopped));
	assert.equal((await ddc.health()).status, 200);
	const file = () => readdirSync(folder.logs).filter((name) => name.endsWith('.log')).map((name) => readFileSync(join(folder.logs, name), 'utf8')).join('');
	assert.match(file(), /listening on port/);
	assert.match(pipe.read(), /^\.+$/, 'nothing of ddc had room there');
	let text = '';
	await engine.start('web');
	await until('it writes again, and tells of the gap', () => /^[^\n]* warn {2}log: \d+ lines were lost here: nobody read standard output\n./.test(text += pipe.read()));
	await discord.shows(overview, shown('web', ICON.running));
	assert.doesNotMatch(file(), /were lost/, 'in the file nothing was');
});
