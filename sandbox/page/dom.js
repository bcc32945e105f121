// Small helpers. Nothing here ever parses HTML: text from the bot stays text.

export const $ = (selector, root = document) => root.querySelector(selector);

/** h('button.primary', {onclick, 'aria-label': 'x'}, child, [children], 'text') */
export function h(what, properties = {}, ...children) {
	const [tag, ...classes] = what.split('.');
	const element = document.createElement(tag || 'div');
	if (classes.length)
		element.className = classes.join(' ');
	for (const [key, value] of Object.entries(properties)) {
		if (value === undefined || value === null || value === false)
			continue;
		if (key.startsWith('on') || key === 'value' || key === 'checked')
			element[key] = value;
		else if (key === 'style')
			Object.assign(element.style, value);
		else
			element.setAttribute(key, value === true ? '' : value);
	}
	element.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false));
	return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function icon(path, size = 20) {
	const svg = document.createElementNS(SVG, 'svg');
	svg.setAttribute('viewBox', '0 0 24 24');
	svg.setAttribute('width', size);
	svg.setAttribute('height', size);
	svg.setAttribute('aria-hidden', 'true');
	const shape = document.createElementNS(SVG, 'path');
	shape.setAttribute('d', path);
	shape.setAttribute('fill', 'currentColor');
	svg.append(shape);
	return svg;
}

export const ICONS = {
	chevron: 'M5.3 9.3a1 1 0 0 1 1.4 0L12 14.6l5.3-5.3a1 1 0 1 1 1.4 1.4l-6 6a1 1 0 0 1-1.4 0l-6-6a1 1 0 0 1 0-1.4Z',
	check: 'M21.7 5.3a1 1 0 0 1 0 1.4l-12 12a1 1 0 0 1-1.4 0l-6-6a1 1 0 1 1 1.4-1.4L9 16.6 20.3 5.3a1 1 0 0 1 1.4 0Z',
	link: 'M15 2a1 1 0 1 0 0 2h3.6l-9.3 9.3a1 1 0 1 0 1.4 1.4L20 5.4V9a1 1 0 1 0 2 0V3a1 1 0 0 0-1-1h-6ZM5 4a3 3 0 0 0-3 3v12a3 3 0 0 0 3 3h12a3 3 0 0 0 3-3v-6a1 1 0 1 0-2 0v6a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h6a1 1 0 1 0 0-2H5Z',
	eye: 'M12 5c-5 0-9 4-10.5 7 1.5 3 5.5 7 10.5 7s9-4 10.5-7C21 9 17 5 12 5Zm0 11a4 4 0 1 1 0-8 4 4 0 0 1 0 8Zm0-2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
	file: 'M6 2a2 2 0 0 0-2 2v16c0 1.1.9 2 2 2h12a2 2 0 0 0 2-2V8l-6-6H6Zm7 1.5L18.5 9H13V3.5Z',
	close: 'M17.3 18.7a1 1 0 0 0 1.4-1.4L13.4 12l5.3-5.3a1 1 0 0 0-1.4-1.4L12 10.6 6.7 5.3a1 1 0 0 0-1.4 1.4L10.6 12l-5.3 5.3a1 1 0 1 0 1.4 1.4L12 13.4l5.3 5.3Z',
};

const COLOURS = ['#5865f2', '#3ba55c', '#e67e22', '#eb459e', '#9b59b6', '#1abc9c', '#e74c3c', '#607d8b'];

export function avatar(user, size = 40) {
	const name = user.global_name ?? user.username ?? '?';
	const style = { width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.42)}px` };
	if (user.bot && user.username === 'ddc')
		return h('img.avatar', { src: 'icon.svg', alt: '', width: size, height: size, style });
	const colour = COLOURS[Number(BigInt(user.id ?? 0) % BigInt(COLOURS.length))];
	return h('span.avatar', { 'aria-hidden': 'true', style: { ...style, background: user.bot ? '#4e5058' : colour } }, user.bot ? '🤖' : [...name][0].toUpperCase());
}
