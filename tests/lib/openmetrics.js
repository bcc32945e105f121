// A strict reader of OpenMetrics 1.0, as far as ddc uses it. Source: OpenMetrics 1.0, "Overall Structure", "ABNF", "Metric types".

const SUFFIXES = { gauge: [''], counter: ['_total', '_created'], histogram: ['_bucket', '_sum', '_count', '_created'], info: ['_info'], unknown: [''] };

/** The sentences about what is wrong with it; none: valid. */
export function openmetricsProblems(text) {
	const wrong = [], seen = new Set(), samples = new Set();
	let family;
	if (!text.endsWith('\n# EOF\n'))
		wrong.push('it does not end with "# EOF" and one line feed');
	const lines = text.split('\n').slice(0, -2);
	lines.forEach((line, n) => {
		const say = (what) => wrong.push(`line ${n + 1}: ${what}: ${line.slice(0, 120)}`);
		const meta = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
		if (meta) {
			const [, kind, name, value] = meta;
			if (family?.name !== name) {
				if (seen.has(name))
					say('this family was there before: its lines must stand together');
				seen.add(name);
				family = { name, metas: new Set(), samples: 0 };
			}
			if (family.metas.has(kind) || family.samples)
				say(`a second or late ${kind}`);
			family.metas.add(kind);
			if (kind === 'TYPE')
				family.type = value;
			if (kind === 'TYPE' && value === 'counter' && name.endsWith('_total'))
				say('a counter\'s family is named without _total');
			if (kind === 'UNIT' && !name.endsWith(`_${value}`))
				say('the name does not end with the unit');
			return;
		}
		const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\S+)$/.exec(line);
		if (!sample) {
			say('this is neither a comment nor a sample');
			return;
		}
		const [, name, labels = '', value] = sample, suffix = SUFFIXES[family?.type]?.find((s) => name === family.name + s);
		if (suffix === undefined)
			say(`no sample of ${family?.name}, a ${family?.type}`);
		else
			family.samples++;
		if (samples.has(`${name}{${labels}}`))
			say('twice');
		samples.add(`${name}{${labels}}`);
		if (!/^(-?\d+(\.\d+)?(e[-+]?\d+)?|\+Inf|NaN)$/i.test(value))
			say('no number');
		if (family?.type === 'counter' && Number(value) < 0)
			say('a counter below zero');
		const le = /le="([^"]*)"/.exec(labels)?.[1];
		if (suffix === '_bucket' && !(le === '+Inf' || /[.e]/.test(le)))
			say('le must be a float');
		if (/_(ms|milliseconds|kb|mb|kib|minutes|percent)$/i.test(family?.name ?? ''))
			say('a unit that is no base unit');
	});
	return wrong;
}

