'use strict';
// Draws what the server tells of. All names come from the run and reach the page as text only.
const SVG = 'http://www.w3.org/2000/svg';
const MOST_POINTS = 2000;
const MOST_CURVES = 8;
const byId = id => document.getElementById(id);
const run = {points: [], epochs: [], inside: [], histograms: [], phase: 'connecting', paused: false};
let dirty = new Set();

function make(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function html(parent, name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function number(value) {
  if (value === null || value === undefined || !isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-3 || size >= 1e7) return value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e');
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

function duration(seconds) {
  if (!isFinite(seconds)) return '-';
  if (seconds < 60) return Math.round(seconds) + ' s';
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + String(Math.round(seconds % 60)).padStart(2, '0') + ' s';
  return Math.floor(seconds / 3600) + ' h ' + String(Math.floor(seconds / 60 % 60)).padStart(2, '0') + ' min';
}

/** Round numbers between two ends. */
function ticks(low, high, wanted) {
  const raw = (high - low) / wanted;
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= raw * 0.999);
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) out.push(i * step);
  return out;
}

function logTicks(low, high) {
  const out = [];
  const factors = high - low > 3 ? [1] : [1, 2, 5];
  const every = Math.max(1, Math.ceil((high - low) / 6));
  for (let p = Math.floor(low); p <= Math.ceil(high); p++) {
    if (high - low > 3 && p % every !== 0) continue;
    for (const f of factors) {
      const at = Math.log10(f) + p;
      if (at >= low && at <= high) out.push(at);
    }
  }
  // Values that hardly differ have no power of ten between them.
  return out.length > 2 ? out : ticks(Math.pow(10, low), Math.pow(10, high), 5).filter(v => v > 0).map(Math.log10);
}

/** A card with a chart: curves() gives [{name, x: [...], y: [...]}], drawn anew when asked for. */
function chart(id, title, xTitle, curves, options = {}) {
  const card = html(byId('charts'), 'div', 'card');
  card.id = 'chart-' + id;
  html(card, 'h3', '', title);
  const svg = make(card, 'svg', {viewBox: '0 0 480 250', role: 'img', 'aria-label': title});
  const legend = html(card, 'div', 'legend');
  return () => {
    svg.replaceChildren();
    legend.replaceChildren();
    const all = curves();
    const log = options.log;
    const level = y => (log ? Math.log10(y) : y);
    const usable = (x, y) => x !== null && y !== null && isFinite(y) && (!log || y > 0);
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const c of all) {
      for (let i = 0; i < c.x.length; i++) {
        if (!usable(c.x[i], c.y[i])) continue;
        x0 = Math.min(x0, c.x[i]); x1 = Math.max(x1, c.x[i]);
        y0 = Math.min(y0, level(c.y[i])); y1 = Math.max(y1, level(c.y[i]));
      }
    }
    if (!(x0 <= x1)) {
      make(svg, 'text', {x: 240, y: 125, 'text-anchor': 'middle'}, 'nothing to show yet');
      return;
    }
    if (options.zero) { y0 = Math.min(0, y0); if (y0 === 0 && y1 === 0) y1 = 1; }
    if (y1 - y0 < 1e-12) { const pad = log ? 0.3 : Math.abs(y1) * 0.1 || 1; y0 -= pad; y1 += pad; }
    if (x1 === x0) { x0 -= 0.5; x1 += 0.5; }
    const margin = (y1 - y0) * 0.05;
    if (!(options.zero && y0 === 0)) y0 -= margin;
    y1 += margin;
    const [left, right, top, bottom] = [56, 470, 8, 212];
    const px = x => left + (x - x0) / (x1 - x0) * (right - left);
    const py = y => bottom - (level(y) - y0) / (y1 - y0) * (bottom - top);
    for (const at of log ? logTicks(y0, y1) : ticks(y0, y1, 5)) {
      const value = log ? Math.pow(10, at) : at;
      const y = bottom - (at - y0) / (y1 - y0) * (bottom - top);
      make(svg, 'path', {class: 'grid-line', d: `M${left} ${y}H${right}`});
      make(svg, 'text', {x: left - 6, y: y + 4, 'text-anchor': 'end'}, number(Number(value.toPrecision(6))));
    }
    for (const at of ticks(x0, x1, 6)) {
      if (options.whole && at !== Math.round(at)) continue;
      make(svg, 'text', {x: px(at), y: bottom + 17, 'text-anchor': 'middle'}, number(at));
    }
    make(svg, 'path', {class: 'axis', d: `M${left} ${top}V${bottom}H${right}`});
    make(svg, 'text', {x: (left + right) / 2, y: bottom + 34, 'text-anchor': 'middle'}, xTitle);
    all.forEach((c, k) => {
      let d = '';
      let count = 0;
      for (let i = 0; i < c.x.length; i++) {
        if (!usable(c.x[i], c.y[i])) continue;
        d += (d ? 'L' : 'M') + px(c.x[i]).toFixed(1) + ' ' + py(c.y[i]).toFixed(1);
        count++;
      }
      make(svg, 'path', {class: 'curve s' + k % 8, d});
      if (count <= 12) {
        for (let i = 0; i < c.x.length; i++) {
          if (usable(c.x[i], c.y[i])) make(svg, 'circle', {class: 'k' + k % 8, cx: px(c.x[i]), cy: py(c.y[i]), r: 3});
        }
      }
      if (all.length > 1) {
        const entry = html(legend, 'span');
        html(entry, 'i', 'k' + k % 8);
        entry.append(c.name);
      }
    });
  };
}

const ofPoints = key => [{name: key, x: run.points.map(p => p.step), y: run.points.map(p => p[key])}];

function ofEpochs(key, scale = 1) {
  const x = run.epochs.map(e => e.number);
  const of = (e, metrics, loss) => {
    const value = key === 'loss' ? e[loss] : e[metrics][key];
    return value === null || value === undefined ? null : scale * value;
  };
  return [{name: 'training', x, y: run.epochs.map(e => of(e, 'metrics', 'loss'))},
    {name: 'validation', x, y: run.epochs.map(e => of(e, 'validationMetrics', 'validationLoss'))}];
}

/** As many as can be read, from the first to the last. */
function few(names) {
  if (names.length <= MOST_CURVES) return names;
  return Array.from({length: MOST_CURVES}, (_, i) => names[Math.floor(i * (names.length - 1) / (MOST_CURVES - 1))]);
}

function ofInside(key) {
  const names = few([...new Set(run.inside.flatMap(s => s[key].map(p => p.name)))]);
  return names.map(name => ({name, x: run.inside.map(s => s.step),
    y: run.inside.map(s => { const found = s[key].find(p => p.name === name); return found ? found.value : null; })}));
}

const draw = {
  step: [
    chart('loss', 'Training loss of the steps', 'step', () => ofPoints('loss'), {log: true}),
    chart('rate', 'Learning rate', 'step', () => ofPoints('rate'), {zero: true}),
    chart('speed', 'Samples per second', 'step', () => ofPoints('speed'), {zero: true})],
  epoch: [chart('epochs', 'Loss after each epoch', 'epoch', () => ofEpochs('loss'), {whole: true})],
  inside: []
};
const metricCharts = new Set();

/** Charts for what this run has. */
function addCharts() {
  for (const e of run.epochs) {
    for (const name of new Set([...Object.keys(e.metrics), ...Object.keys(e.validationMetrics)])) {
      if (metricCharts.has(name)) continue;
      metricCharts.add(name);
      const share = name.includes('accuracy');
      draw.epoch.push(chart('metric-' + metricCharts.size, name + (share ? ' [%]' : '') + ' after each epoch', 'epoch',
        () => ofEpochs(name, share ? 100 : 1), {whole: true}));
    }
  }
  if (run.inside.length && !draw.inside.length) {
    draw.inside.push(
      chart('ratios', 'Update of weights beside their size; about 0.001 is usual', 'step', () => ofInside('ratios'), {log: true}),
      chart('norm', 'Norm of all gradients', 'step',
        () => [{name: 'norm', x: run.inside.map(s => s.step), y: run.inside.map(s => s.gradientNorm)}], {log: true}));
    if (run.inside.some(s => s.dead.length)) {
      draw.inside.push(chart('dead', 'Dead units behind ReLUs [%]', 'step', () => ofInside('dead'), {zero: true}));
    }
  }
}

function histograms() {
  const box = byId('histograms');
  byId('distributions').hidden = !run.histograms.length;
  box.replaceChildren();
  for (const h of run.histograms) {
    const card = html(box, 'div', 'card');
    html(card, 'h3', '', h.name);
    const svg = make(card, 'svg', {viewBox: '0 0 260 124', role: 'img', 'aria-label': 'histograms of ' + h.name});
    [['weights', 0], ['gradients', 1]].forEach(([key, k]) => {
      const [low, high, ...counts] = h[key];
      const most = Math.max(1, ...counts);
      const [left, width, bottom] = [k * 134, 122, 90];
      const w = width / counts.length;
      let d = `M${left} ${bottom}`;
      counts.forEach((c, i) => { const y = (bottom - c / most * 76).toFixed(1); d += `L${(left + i * w).toFixed(1)} ${y}L${(left + (i + 1) * w).toFixed(1)} ${y}`; });
      make(svg, 'path', {class: 'area k' + k, d: d + `L${left + width} ${bottom}Z`});
      make(svg, 'path', {class: 'axis', d: `M${left} ${bottom}h${width}`});
      make(svg, 'text', {x: left, y: 104}, number(Number(low.toPrecision(2))));
      make(svg, 'text', {x: left + width, y: 104, 'text-anchor': 'end'}, number(Number(high.toPrecision(2))));
      make(svg, 'text', {x: left + width / 2, y: 119, 'text-anchor': 'middle'}, key);
    });
  }
}

function facts() {
  const last = run.points[run.points.length - 1] || {};
  byId('f-epoch').textContent = run.wantedEpochs ? `${run.epoch} / ${run.wantedEpochs}` : '-';
  byId('f-step').textContent = number(run.step);
  byId('f-loss').textContent = number(last.loss);
  byId('f-rate').textContent = number(last.rate);
  byId('f-speed').textContent = number(last.speed === undefined ? null : Math.round(last.speed));
  byId('f-parameters').textContent = run.parameters === undefined ? '-' : run.parameters.toLocaleString('en-US');
  const total = run.samplesPerEpoch * run.wantedEpochs;
  const over = run.phase !== 'training' && run.phase !== 'waiting';
  const done = run.samplesPerEpoch * Math.max(0, run.epoch - 1) + run.samples;
  const share = run.phase === 'finished' ? 100 : total ? Math.min(100, 100 * done / total) : 0;
  byId('bar').style.width = share + '%';
  byId('bar').parentElement.setAttribute('aria-valuenow', Math.round(share));
  byId('f-left').textContent = over || !last.speed ? '-' : duration((total - done) / last.speed);
  const phase = byId('phase');
  phase.textContent = run.lost ? 'connection lost; ' + run.phase : run.paused ? 'paused' : run.phase;
  phase.className = 'badge' + (run.lost || run.paused || over && run.phase !== 'finished' ? ' warn' : run.phase === 'finished' ? ' finished' : '');
  byId('pause').disabled = byId('stop').disabled = run.phase !== 'training' || run.lost;
  byId('pause').textContent = run.paused ? 'Resume' : 'Pause';
  const verdict = byId('verdict');
  verdict.hidden = !run.verdict;
  verdict.textContent = run.verdict || '';
  document.title = (last.loss !== undefined ? number(last.loss) + ' - ' : '') + (run.paused ? 'paused' : run.phase) + ' - Gatun';
}

function take(event) {
  switch (event.type) {
    case 'state':
      Object.assign(run, event);
      run.inside = event.samplesInside;
      dirty = new Set(['step', 'epoch', 'inside']);
      break;
    case 'step':
      run.points.push(event);
      if (run.points.length > MOST_POINTS) run.points = run.points.filter((_, i) => i % 2 === 0);
      run.step = event.step; run.epoch = event.epoch; run.samples = event.samples;
      dirty.add('step');
      break;
    case 'sample':
      run.inside.push(...event.samplesInside);
      if (run.inside.length > 1000) run.inside = run.inside.filter((_, i) => i % 2 === 0);
      run.histograms = event.histograms;
      dirty.add('inside');
      break;
    case 'epoch':
      run.epochs.push(event);
      run.verdict = event.verdict;
      dirty.add('epoch');
      break;
    case 'status':
      run.phase = event.phase; run.paused = event.paused;
      break;
  }
  run.lost = false;
  schedule();
}

let scheduled = false;
function schedule() {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    addCharts();
    for (const part of dirty) draw[part].forEach(f => f());
    if (dirty.has('inside')) histograms();
    dirty.clear();
    facts();
  }, 100);
}

const source = new EventSource('/events');
source.onmessage = message => take(JSON.parse(message.data));
source.onerror = () => {
  run.lost = true;
  if (!['training', 'waiting', 'connecting'].includes(run.phase)) source.close(); // it has said goodbye
  schedule();
};

function control(action) {
  const token = document.querySelector('meta[name=gatun-token]').content;
  fetch('/control', {method: 'POST', headers: {'X-Gatun-Token': token}, body: action}).catch(() => {});
}
byId('pause').addEventListener('click', () => control(run.paused ? 'resume' : 'pause'));
byId('stop').addEventListener('click', () => { if (confirm('Stop training after this step?')) control('stop'); });
schedule();
