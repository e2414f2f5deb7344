/**
 * The look of every page: warm paper, a green door, the light behind it. Colours are named by what they are for, once
 * for light and once for dark; text keeps at least 4.5:1 and edges of controls 3:1 against what they lie on.
 */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --paper: #f4eee4; --paper-low: #e9dfd0; --card: #fffdf9; --ink: #2a2420; --quiet: #655a50;
  --line: #e2d7c8; --edge: #8a7b6d; --sunk: #f6f0e6;
  --door: #1f5f4f; --door-pressed: #17493d; --on-door: #ffffff; --link: #1b5949;
  --light: #f5c268; --leaf: #2f8570; --step: #8c7d70;
  --focus: #b35c00; --wrong: #9f2419; --wrong-ground: #fdf0ec; --wrong-line: #e3aa9f;
  --mark: #ffdc94; --mark-line: #b26a00;
  --shadow: 0 1px 2px rgb(75 55 35 / .08), 0 12px 36px rgb(75 55 35 / .10);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15110e; --paper-low: #1c1612; --card: #241d18; --ink: #f4ece1; --quiet: #bcae9f;
    --line: #3f352d; --edge: #97887a; --sunk: #1b1612;
    --door: #8fd0b8; --door-pressed: #aee0cd; --on-door: #0d2019; --link: #9bd8c1;
    --light: #f5c268; --leaf: #2f8570; --step: #97887a;
    --focus: #f5c268; --wrong: #ffa596; --wrong-ground: #35201b; --wrong-line: #7d4338;
    --mark: #664507; --mark-line: #f5c268;
    --shadow: 0 0 0 1px #3a3029, 0 16px 40px rgb(0 0 0 / .45);
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; justify-content: center;
  background: var(--paper) linear-gradient(var(--paper), var(--paper-low)) no-repeat;
  color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, "Helvetica Neue", sans-serif;
  overflow-wrap: anywhere;
}
.frame { width: 100%; max-width: 28rem; padding: 1.5rem 1rem 1rem; display: flex; flex-direction: column; }
.frame.wide { max-width: 46rem; }
@media (min-width: 40rem) and (min-height: 44rem) { .frame { padding-top: 14vh; } .frame.wide { padding-top: 7vh; } }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 .9rem .25rem; font-size: 1.2rem; font-weight: 650; letter-spacing: -.01em; }
.mark { flex: none; width: 2.25rem; height: 2.25rem; }
.mark-frame { fill: #1f5f4f; } .mark-light, .mark-knob, .mark-spill { fill: var(--light); }
.mark-leaf { fill: var(--leaf); } .mark-step { fill: var(--step); }
.card { background: var(--card); border-radius: 1rem; box-shadow: var(--shadow); padding: 1.75rem 1.5rem; }
@media (min-width: 30rem) { .card { padding: 2.25rem; } }
.card > :first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
.whose { margin-top: auto; padding-top: 1.5rem; text-align: center; color: var(--quiet); font-size: .875rem; }
.whose p { margin: 0; }

h1 { margin: 0 0 .75rem; font-size: 1.6rem; line-height: 1.25; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.0625rem; line-height: 1.35; font-weight: 650; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; }
p { margin: 0 0 1rem; }
.lead, .quiet, .hint { color: var(--quiet); }
.quiet, .hint { font-size: .9rem; }
.name { font-weight: 600; color: var(--ink); }
.brand + .card h1 + .lead { margin-top: -.25rem; }
.kicker { margin: 0 0 .25rem; color: var(--quiet); font-weight: 600; }
.account { display: table; max-width: 100%; margin: 0 0 1rem; padding: .25rem .8rem; border: 1px solid var(--line); border-radius: 1.25rem; background: var(--sunk); font-size: .9rem; }
a, summary { color: var(--link); } a { text-underline-offset: .15em; }
code, pre, .sides dd, .details dd { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
form { margin: 1.25rem 0 0; }
.field + .field { margin-top: 1rem; }
.field label { display: block; margin-bottom: .375rem; font-weight: 600; }
.text {
  display: block; width: 100%; min-height: 3rem; padding: .6rem .8rem; border: 1px solid var(--edge); border-radius: .6rem;
  background: var(--card); color: var(--ink); font: inherit;
}
.text::placeholder { color: var(--quiet); opacity: 1; }
/* The label stands above; these two only answer UI tests that look a field up by its placeholder. */
#i0118::placeholder, #otc::placeholder { color: transparent; }
.text:focus-visible { outline-width: 2px; outline-offset: -1px; }
.text[aria-invalid] { border-color: var(--wrong); box-shadow: inset 0 0 0 1px var(--wrong); }
.code-entry { font: 600 1.35rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; letter-spacing: .14em; text-transform: uppercase; }
.hint { margin: .5rem 0 0; }
.field-error { margin: 0 0 .5rem; color: var(--wrong); font-weight: 500; }

.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
.button {
  -webkit-appearance: none; appearance: none; flex: 1 1 auto; min-width: 7rem; max-width: 100%; min-height: 3rem; padding: .6rem 1.25rem;
  border: 1px solid transparent; border-radius: .6rem; font: inherit; font-weight: 600; white-space: normal; cursor: pointer;
}
.primary { flex-grow: 2; background: var(--door); color: var(--on-door); }
.primary:hover, .primary:active { background: var(--door-pressed); }
.secondary { border-color: var(--edge); background: transparent; color: var(--ink); }
.secondary:hover, .secondary:active { background: var(--sunk); }
.tick { display: flex; align-items: flex-start; gap: .7rem; padding: .5rem 0; cursor: pointer; }
.tick.boxed { margin-bottom: 1rem; padding: .85rem 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--sunk); font-weight: 600; }
.tick input { flex: none; width: 1.25rem; height: 1.25rem; margin: .125rem 0 0; accent-color: var(--door); }
.tick .quiet { display: block; font-weight: 400; }

.tiles, .permissions { list-style: none; margin: 0; padding: 0; }
.tiles { display: grid; gap: .5rem; }
.tile {
  display: flex; align-items: center; gap: .9rem; width: 100%; padding: .7rem .8rem; text-align: start; cursor: pointer;
  border: 1px solid var(--line); border-radius: .75rem; background: transparent; color: inherit; font: inherit;
}
.tile:hover { border-color: var(--edge); background: var(--sunk); }
.initial {
  flex: none; display: grid; place-items: center; width: 2.5rem; height: 2.5rem; border-radius: 50%;
  background: var(--door); color: var(--on-door); font-size: 1.125rem; font-weight: 600; overflow: hidden;
}
.plus { background: transparent; border: 1px dashed var(--edge); color: var(--ink); }
.who { flex: 1; min-width: 0; margin: 0; } .who > * { display: block; }
.state { font-size: .8125rem; color: var(--link); font-weight: 600; }
.application { display: flex; align-items: center; gap: .9rem; margin: 1rem 0 0; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--sunk); }
.application .initial { border-radius: .75rem; }
.permissions { margin-bottom: 1rem; border-block: 1px solid var(--line); }
.permissions li + li { border-top: 1px solid var(--line); }
summary { display: flex; gap: .65rem; list-style: none; padding: .65rem 0; cursor: pointer; border-radius: .25rem; }
summary::-webkit-details-marker { display: none; }
summary::before {
  content: ""; flex: none; width: .45rem; height: .45rem; margin: .5rem .1rem 0; border: solid currentColor; border-width: 0 2px 2px 0;
  transform: rotate(-45deg);
}
[open] > summary::before { transform: rotate(45deg); }
.permissions summary { color: var(--ink); }
.permissions details > p { margin: 0 0 .65rem 1.3rem; }
.badge { flex: none; align-self: flex-start; white-space: nowrap; padding: .1rem .5rem; border-radius: 1rem; background: var(--mark); color: var(--ink); font-size: .8125rem; }
.more { margin-top: 1rem; } .more[open] > :last-child { margin-bottom: 0; }

.refusal { margin-top: 1rem; padding: .9rem 1rem; border: 1px solid var(--wrong-line); border-inline-start-width: .3rem; border-radius: .6rem; background: var(--wrong-ground); }
.refusal strong { color: var(--wrong); }
.difference + .difference { margin-top: 1.25rem; } .difference p { margin-bottom: .6rem; }
.sides, .details { display: grid; margin: 0; gap: .25rem 1rem; }
.sides { padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--sunk); }
.sides dt, .details dt { color: var(--quiet); font-size: .9rem; }
.sides dd, .details dd { margin: 0 0 .5rem; white-space: pre-wrap; }
.sides dd:last-child, .details dd:last-child { margin-bottom: 0; }
@media (min-width: 40rem) {
  .sides, .details { grid-template-columns: 7rem 1fr; align-items: baseline; }
  .sides dd, .details dd { margin: 0; }
}
mark { padding: .08em 0; border-radius: .2em .2em 0 0; border-bottom: 2px solid var(--mark-line); background: var(--mark); color: inherit; }
.command { margin: 0 0 1rem; padding: .85rem 1rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--sunk); white-space: pre-wrap; }
.command code { -webkit-user-select: all; user-select: all; font-size: inherit; }
.portal-place > span:first-child { color: var(--quiet); }
.steps bdi { font-weight: 600; } .then { color: var(--quiet); }
.device-code { display: block; margin-top: .35rem; font-size: 1.35rem; font-weight: 600; letter-spacing: .14em; }
.details + p { margin: .75rem 0 0; }

@media (prefers-reduced-motion: no-preference) {
  .button, .tile { transition: background-color .12s ease-out, border-color .12s ease-out; }
}
@media (forced-colors: active) {
  .button, .card, .tile { border: 1px solid ButtonText; }
  mark { outline: 1px solid Mark; }
}
@media print { body { background: none; } .card { box-shadow: none; padding: 0; } }
`
