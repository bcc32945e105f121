// node sandbox/main.js --port P [--host 127.0.0.1] [--token T] [--state FILE.json] [--seed FILE.json] [--warm] [--quiet]

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Sandbox } from './server.js';

const { values } = parseArgs({ options: {
	port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' }, token: { type: 'string' },
	state: { type: 'string' }, seed: { type: 'string' }, quiet: { type: 'boolean', default: false }, warm: { type: 'boolean' },
} });

const seed = values.seed ? JSON.parse(readFileSync(values.seed, 'utf8')) : undefined;
const sandbox = await Sandbox.start({ ...values, port: Number(values.port), seed });
console.log(`sandbox listening on ${sandbox.url}`);
if (!values.quiet)
	console.log(`chat page ${sandbox.url}/   API ${sandbox.api}   stop with Ctrl-C`);

for (const signal of ['SIGINT', 'SIGTERM'])
	process.once(signal, async () => {
		await sandbox.stop();
		process.exit(0);
	});
