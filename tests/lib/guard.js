// Tells tests/lib/guard what to end and remove should this process be killed. Whoever ends things itself says so.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

let child;

function tell(line) {
	if (!child) {
		// in a session of its own: a Ctrl-C, or a kill of our group, is not for it
		child = spawn(fileURLToPath(new URL('guard', import.meta.url)), { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
		child.on('error', () => {});
		child.stdin.on('error', () => {});
		child.unref();
		child.stdin.unref();
	}
	child.stdin.write(`${line}\n`);
}

/** kind: pid, engine (its folder), bridge, folder. */
export const guard = {
	add: (kind, value) => tell(`+ ${kind} ${value}`),
	remove: (kind, value) => tell(`- ${kind} ${value}`),
};
