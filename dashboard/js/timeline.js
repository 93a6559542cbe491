import { byId, text } from './dom.js';
import { grouped, moment } from './numbers.js';
import { look, looking, onLook } from './store.js';

const QUIET_MS = 120;
let head = 0;
let waiting;

const slider = () => byId('seq');

function go(seq) {
  const at = Math.max(1, Math.min(head, seq));
  slider().value = String(at);
  clearTimeout(waiting);
  waiting = setTimeout(() => look({ at: at >= head ? null : at }), QUIET_MS);
  say(at, undefined);
}

function say(seq, time) {
  const when = time === undefined || time === 0 ? '' : ` · ${moment(time)}`;
  const shown =
    looking.at === null && seq >= head
      ? `seq ${grouped(String(head))}${when}`
      : `seq ${grouped(String(seq))} of ${grouped(String(head))}${when}`;
  text(byId('moment'), shown);
  slider().setAttribute('aria-valuetext', shown);
}

/** The journal has come so far; in the present the slider goes along. */
export function setHead(seq) {
  head = Math.max(head, seq);
  slider().max = String(head);
  if (looking.at === null && document.activeElement !== slider()) slider().value = String(head);
}

/** What is shown is as of this command and its time. */
export function setMoment(seq, time) {
  say(seq, time);
}

export function startTimeline() {
  slider().addEventListener('input', () => go(Number(slider().value)));
  byId('earlier').addEventListener('click', () => go((looking.at ?? head) - 1));
  byId('later').addEventListener('click', () => go((looking.at ?? head) + 1));
  byId('live').addEventListener('click', () => {
    clearTimeout(waiting);
    slider().value = String(head);
    look({ at: null });
  });
  onLook(() => byId('live').setAttribute('aria-pressed', String(looking.at === null)));
}
