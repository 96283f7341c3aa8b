// Signs for states. Each has a shape of its own, so that colour is never the only sign.

const frame = (inside) =>
  `<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2"` +
  ` stroke-linecap="round" stroke-linejoin="round">${inside}</svg>`;

export const ICONS = {
  idle: frame('<circle cx="12" cy="12" r="9"/>'),
  ok: frame('<circle cx="12" cy="12" r="9.5"/><path d="m7.5 12.5 3 3 6-6.5"/>'),
  warn: frame('<path d="M12 3 22 20.5H2z"/><path d="M12 10v4.5M12 17.4v.1"/>'),
  alarm: frame('<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="M12 7.5v5.5M12 16.4v.1"/>'),
  unknown: frame('<circle cx="12" cy="12" r="9.5" stroke-dasharray="3 3.6"/>' +
    '<path d="M9.4 9.6a2.6 2.6 0 1 1 3.9 2.3c-.8.5-1.3 1-1.3 1.9M12 16.8v.1"/>'),
  stale: frame('<circle cx="12" cy="12" r="9.5"/><path d="M12 6.8V12l3.2 2M4 4l16 16"/>'),
  say: frame('<path d="M12 3.5c5 0 9 3.3 9 7.5s-4 7.5-9 7.5c-1 0-2-.1-2.9-.4L4 20.5l1.2-4.2C3.8 14.9 3 13 3 11c0-4.2 4-7.5 9-7.5Z"/>'),
  link: frame('<path d="M4 12.5a11 11 0 0 1 16 0M7.4 16a6.4 6.4 0 0 1 9.2 0M12 19.6v.1"/>'),
  nolink: frame('<path d="M4 12.5a11 11 0 0 1 16 0M7.4 16a6.4 6.4 0 0 1 9.2 0M12 19.6v.1M4.5 4.5l15 15"/>'),
  strip: frame('<path d="M12 3v18" stroke-dasharray=".1 4.4" stroke-width="4"/>'),
  motion: frame('<path d="M3 12c3-7 6-7 9 0s6 7 9 0"/>'),
  force: frame('<path d="M12 3v11m-4.5-4L12 14.5 16.5 10M4 20h16"/>'),
  magnet: frame('<path d="M6 4v8a6 6 0 0 0 12 0V4h-4v8a2 2 0 0 1-4 0V4zM6 8h4m4 0h4"/>'),
  again: frame('<path d="M4.5 5v5h5M5 10a8 8 0 1 1-1 5"/>'),
  pace: frame('<circle cx="12" cy="12" r="8.5"/><path d="M12 1.5v5"/><circle cx="12" cy="12" r="3.4"/>'),
  demo: frame('<path d="M8 5.5v13l10.5-6.5z"/>'),
  record: '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="7" fill="currentColor"/></svg>',
  stop: '<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="6" y="6" width="12" height="12" rx="2.5"' +
    ' fill="currentColor"/></svg>',
  done: frame('<path d="m5 12.5 4.5 4.5L19 7.5"/>'),
};

/** Put an icon into an element, unless it is there already. */
export function setIcon(element, name) {
  if (element.dataset.icon === name) return;
  element.dataset.icon = name;
  element.innerHTML = ICONS[name] ?? "";
}

/** Set text only when it differs: screen readers and layout are left alone otherwise. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
