// The three ways in which docs/docker.md, compose.yaml and the Unraid template start ddc, as words for `docker run`, read from the files
// themselves. Only what belongs to the machine is another: the two folders, the socket, its group, and the port on this side.

import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './ddc.js';

const SOCKET = '/var/run/docker.sock';
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

/** place: {folder (of makeFolder()), socket, port}; a mount or a port of the files becomes this machine's. */
function mount(place, text) {
	const [from, to, ...mode] = text.split(':');
	const mine = { '/app/config': place.folder.config, '/app/logs': place.folder.logs, [SOCKET]: place.socket }[to];
	if (!from || !mine)
		throw new Error(`a volume that the test does not know: ${text}`);
	return [mine, to, ...mode].join(':');
}

const publish = (place, text) => {
	const [, inside] = /^9374:(9374(?:\/tcp)?)$/.exec(text) ?? [];
	if (!inside)
		throw new Error(`a port that the test does not know: ${text}`);
	return `127.0.0.1:${place.port}:${inside}`;
};

/** The first `docker run` of the page, as a shell hands it over. */
export function wordsOfPage(place) {
	const script = /```sh\n(docker run [^`]*)```/.exec(read('docs/docker.md'))[1].replace(`%g ${SOCKET}`, `%g ${place.socket}`);
	const words = execFileSync('sh', ['-c', `docker() { printf '%s\\n' "$@"; }\n${script}`], { encoding: 'utf8' }).trimEnd().split('\n').slice(1);
	return words.map((word, i) => ({ '-v': () => mount(place, word), '-p': () => publish(place, word) }[words[i - 1]] ?? (() => word))());
}

/** What each key of a service means to `docker run`. A key that is not here is an error: nothing goes unproved. */
const COMPOSE = {
	image: () => [],
	container_name: (v) => ['--name', v],
	restart: (v) => ['--restart', v],
	user: (v) => ['--user', v],
	group_add: (v, place) => v.flatMap(() => ['--group-add', String(statSync(place.socket).gid)]),
	environment: (v) => v.flatMap((line) => ['-e', line.replace(/: ?/, '=')]),
	volumes: (v, place) => v.flatMap((line) => ['-v', mount(place, line)]),
	ports: (v, place) => v.flatMap((line) => ['-p', publish(place, line)]),
	read_only: (v) => (v === 'true' ? ['--read-only'] : []),
	cap_drop: (v) => v.flatMap((name) => ['--cap-drop', name]),
	security_opt: (v) => v.flatMap((name) => ['--security-opt', name]),
	mem_limit: (v) => ['--memory', v],
	memswap_limit: (v) => ['--memory-swap', v],
	mem_reservation: (v) => ['--memory-reservation', v],
	cpus: (v) => ['--cpus', v],
	pids_limit: (v) => ['--pids-limit', v],
	logging: (v) => v.flatMap((line) => (line.startsWith('driver') ? ['--log-driver', line.split(': ')[1]] : [...line.matchAll(/([a-z-]+): "?([0-9a-z]+)"?[,}]/g)].flatMap(([, key, value]) => ['--log-opt', `${key}=${value}`]))),
};

const plain = (text) => text.trim().replace(/^"(.*)"$/, '$1').replace(/\$\{\w+:-([^}]*)\}/g, '$1');

/** As compose reads it with no variable set. Only the forms of YAML that the file has. */
export function wordsOfCompose(place) {
	const text = read('packaging/compose.yaml').split(/^ {2}ddc:$/m)[1].replace(/^ *#.*\n/gm, '');
	const keys = [...text.matchAll(/^ {4}([a-z_]+):(.*)((?:\n {6}.*)*)$/gm)].map(([, key, rest, lines]) => {
		const listed = /^ \[(.*)\]$/.exec(rest)?.[1].split(',') ?? (lines && lines.trim().split('\n').map((l) => l.trim().replace(/^- /, '')));
		return [key, listed ? listed.map(plain) : plain(rest)];
	});
	if (keys.length !== text.match(/^ {4}\S/gm).length)
		throw new Error('compose.yaml: the test cannot read all of its keys');
	return [...keys.flatMap(([key, value]) => {
		if (!COMPOSE[key])
			throw new Error(`compose.yaml: the test does not know what ${key} is to docker run`);
		return COMPOSE[key](value, place);
	}), keys.find(([key]) => key === 'image')[1]];
}

/** As Unraid's form puts it together when nothing is changed in it. */
export function wordsOfUnraid(place) {
	const xml = read('packaging/unraid/ddc.xml'), of = (name) => new RegExp(`<${name}>(.*?)</${name}>`).exec(xml)[1];
	const fields = [...xml.matchAll(/<Config ([^>]*)>([^<]*)</g)].map(([, text, value]) => ({ ...Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v])), value }));
	const as = {
		Variable: (f) => ['-e', `${f.Target}=${f.value}`],
		Port: (f) => ['-p', publish(place, `${f.value}:${f.Target}/${f.Mode}`)],
		Path: (f) => ['-v', mount(place, `${f.value}:${f.Target}:${f.Mode}`)],
	};
	return ['--name', of('Name'), '--network', of('Network'), ...fields.flatMap((f) => as[f.Type](f)), ...of('ExtraParams').split(' '), of('Repository')];
}
