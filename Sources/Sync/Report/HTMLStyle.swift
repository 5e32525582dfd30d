/// The style sheet and the script of ``HTMLReport``.
///
/// Both stand in the page as they are, in HTML as in XML, so neither may hold an ampersand or a
/// less-than sign. Their sums are in the page's content security policy: nothing else is applied
/// or run.
enum HTMLStyle {
  static let sheet: StaticString = """
    :root{color-scheme:light dark;--bg:#f3f5f7;--panel:#fff;--ink:#18212c;--soft:#556170;
    --line:#dce1e7;--faint:#f1f4f7;--good:#0f6b45;--good-bg:#e4f4eb;--warn:#874a04;--warn-bg:#fdf0dc;
    --bad:#a11420;--bad-bg:#fde8e8;--link:#1d5bb8;--mark:#ffe49a;--mark-ink:#3a2a00;
    --delivered:#1f8f60;--synced:#3f78d3;--suppressed:#7c8896;--held:#d57f1f}
    @media (prefers-color-scheme:dark){:root{--bg:#0e1318;--panel:#161d25;--ink:#e6ecf2;
    --soft:#a0aebd;--line:#2b3641;--faint:#1d262f;--good:#6fd3a3;--good-bg:#12291f;--warn:#f2b866;
    --warn-bg:#2d2110;--bad:#ff9a9a;--bad-bg:#361719;--link:#8ab6ff;--mark:#6b5413;--mark-ink:#fff3cf;
    --delivered:#3fb283;--synced:#6b9cec;--suppressed:#8b98a7;--held:#e6993f}}
    *{box-sizing:border-box}
    html{font-size:16px;-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--bg);color:var(--ink);line-height:1.5;
    font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
    font-variant-numeric:tabular-nums lining-nums;overflow-wrap:anywhere}
    main{max-width:72rem;margin:0 auto;padding:2.5rem 1.5rem 3rem}
    h1{font-size:2rem;line-height:1.2;letter-spacing:-.02em;margin:.25rem 0 .5rem;font-weight:680}
    h2{font-size:1.2rem;letter-spacing:-.01em;margin:0 0 .25rem;font-weight:650}
    h3{font-size:.95rem;margin:1.25rem 0 .5rem;font-weight:650}
    p{margin:.25rem 0}
    a{color:var(--link)}
    bdi{white-space:pre-wrap}
    code,pre,.hash{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;
    font-size:.86em}
    .kicker{color:var(--soft);font-size:.8rem;letter-spacing:.09em;text-transform:uppercase;
    font-weight:650;margin:0}
    .meta{color:var(--soft);display:flex;flex-wrap:wrap;gap:.15rem 1.5rem;margin:0;padding:0;
    list-style:none;font-size:.9rem}
    .meta b{font-weight:600;color:var(--ink)}
    .soft{color:var(--soft)}
    .equation,.note{text-wrap:pretty}
    .note{color:var(--soft);font-size:.88rem;margin:.6rem 0 0}
    section,.verdict{background:var(--panel);border:1px solid var(--line);border-radius:14px;
    padding:1.4rem 1.5rem;margin-top:1.1rem}
    .verdict{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1.1rem;margin-top:1.5rem;
    border-width:1px 1px 1px 6px}
    .verdict svg{width:2.6rem;height:2.6rem;margin-top:.1rem;fill:none;stroke:currentColor;
    stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
    .verdict h2{font-size:1.45rem;line-height:1.25;margin:0}
    .verdict p{color:var(--ink)}
    .verdict .equation{font-size:.93rem;margin-top:.6rem}
    .verdict.good{color:var(--good);background:var(--good-bg);border-color:var(--good)}
    .verdict.warn{color:var(--warn);background:var(--warn-bg);border-color:var(--warn)}
    .verdict.bad{color:var(--bad);background:var(--bad-bg);border-color:var(--bad);border-width:3px 3px 3px 10px}
    .verdict.bad h2{font-size:2rem}
    .cards{display:grid;grid-template-columns:repeat(5,1fr);gap:.8rem;margin:1.1rem 0 0;padding:0;
    list-style:none}
    .cards li{background:var(--panel);border:1px solid var(--line);border-radius:14px;min-width:0;
    padding:1.05rem 1rem .95rem;position:relative;overflow:hidden}
    .cards li::before{content:"";position:absolute;left:0;right:0;top:0;height:4px;background:var(--ink)}
    .cards .delivered::before{background:var(--delivered)}
    .cards .already_synced::before{background:var(--synced)}
    .cards .suppressed::before{background:var(--suppressed)}
    .cards .held::before{background:var(--held)}
    .cards span{display:block}
    .cards .name{font-size:.88rem;font-weight:600;color:var(--soft)}
    .cards .big{font-size:1.4rem;font-weight:680;letter-spacing:-.02em;line-height:1.35;
    overflow-wrap:normal;white-space:nowrap}
    .cards .big.wide{font-size:1.05rem;line-height:1.8}
    .cards .small{font-size:.85rem;color:var(--soft)}
    .next ol{margin:.4rem 0 0;padding-left:1.3rem}
    .next li{margin:.3rem 0}
    .pair{display:grid;grid-template-columns:1fr 1fr;gap:1.1rem;align-items:stretch}
    .pair section{min-width:0}
    .chart{list-style:none;margin:.9rem 0 0;padding:0}
    .chart li{display:grid;grid-template-columns:8.5rem minmax(3rem,1fr) 7rem;gap:.9rem;
    align-items:center;padding:.28rem 0;font-size:.9rem}
    .chart .figure{text-align:right}
    .bar{display:block;width:100%;height:1rem;border-radius:3px}
    .track{fill:var(--faint)}
    .axis{fill:var(--soft)}
    .fill.delivered{fill:var(--delivered)}
    .fill.already_synced{fill:var(--synced)}
    .fill.suppressed{fill:var(--suppressed)}
    .fill.held{fill:var(--held)}
    .negative{color:var(--bad)}
    .zero{color:var(--soft)}
    .scroll{overflow-x:auto;margin-top:.8rem}
    .scroll:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:3px;
    border-radius:4px}
    table{border-collapse:collapse;width:100%;font-size:.9rem}
    caption{text-align:left;color:var(--soft);font-size:.88rem;padding-bottom:.5rem}
    th,td{padding:.45rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
    th:first-child,td:first-child{padding-left:0}
    th:last-child,td:last-child{padding-right:0}
    thead th{color:var(--soft);font-size:.8rem;font-weight:600;vertical-align:bottom;
    border-bottom:2px solid var(--line)}
    tbody th{font-weight:500}
    tfoot th,tfoot td{font-weight:650;border-bottom:0;border-top:2px solid var(--line)}
    tfoot .off,.note.off{color:var(--bad);font-weight:650}
    .num{text-align:right;white-space:nowrap;overflow-wrap:normal}
    .tight{white-space:nowrap;overflow-wrap:normal}
    .text{min-width:9rem;max-width:24rem}
    .place{min-width:7.5rem}
    thead th{overflow-wrap:break-word}
    .hash{word-break:break-all;color:var(--soft)}
    .state{display:inline-block;white-space:nowrap;padding-left:.95rem;position:relative}
    .state::before{content:"";position:absolute;left:0;top:.42em;width:.62em;height:.62em;
    border-radius:50%;background:var(--ink)}
    .state.delivered::before{background:var(--delivered)}
    .state.already_synced::before{background:var(--synced)}
    .state.suppressed::before{background:var(--suppressed)}
    .state.held::before{background:var(--held)}
    .legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.82rem;color:var(--soft);
    list-style:none;margin:.7rem 0 0;padding:0}
    .jump{font-size:.9rem;margin-top:.8rem;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem}
    details{border-top:1px solid var(--line)}
    details:last-of-type{border-bottom:1px solid var(--line)}
    .group-list{margin-top:.9rem}
    summary{cursor:pointer;padding:.75rem .2rem;list-style:none;display:grid;
    grid-template-columns:1rem auto 1fr auto;gap:.3rem .7rem;align-items:baseline}
    summary::-webkit-details-marker{display:none}
    summary::before{content:"\\203A";color:var(--soft);font-weight:700;transition:transform .12s}
    details[open]>summary::before{transform:rotate(90deg)}
    summary .what{font-weight:550}
    summary .count{font-weight:650;text-align:right;white-space:nowrap}
    .pill{font-size:.74rem;font-weight:650;border-radius:99px;padding:.1rem .6rem;white-space:nowrap}
    .pill.error{color:var(--bad);background:var(--bad-bg)}
    .pill.warning{color:var(--warn);background:var(--warn-bg)}
    .pill.notice{color:var(--soft);background:var(--faint)}
    .inside{padding:0 0 1rem 1.9rem}
    .remedy{background:var(--faint);border-radius:8px;padding:.55rem .8rem;margin:.2rem 0 .6rem}
    .finding{padding:.6rem 0;border-top:1px dashed var(--line)}
    .finding:first-of-type{border-top:0}
    .finding p{font-size:.92rem}
    .finding .where{color:var(--soft);font-size:.84rem}
    pre{background:var(--faint);border-radius:8px;padding:.5rem .8rem;margin:.4rem 0;overflow-x:auto;
    white-space:pre-wrap}
    mark{background:var(--mark);color:var(--mark-ink);border-radius:3px;padding:.05em .1em}
    .tools{display:flex;flex-wrap:wrap;gap:.7rem 1rem;align-items:end;margin-top:.9rem}
    .tools[hidden]{display:none}
    .tools label{display:block;font-size:.8rem;font-weight:600;color:var(--soft)}
    .tools input,.tools select{font:inherit;font-size:.95rem;color:var(--ink);background:var(--panel);
    border:1px solid var(--soft);border-radius:8px;padding:.42rem .7rem;min-width:12rem;max-width:100%}
    .tools .grow{flex:1 1 16rem}
    .tools .grow input{width:100%}
    .tools output{font-size:.88rem;color:var(--soft);padding:.5rem 0}
    footer{color:var(--soft);font-size:.84rem;margin-top:1.6rem;padding:0 .2rem}
    @media (max-width:60rem){.cards{grid-template-columns:repeat(3,1fr)}.pair{grid-template-columns:1fr;gap:0}}
    @media (max-width:40rem){main{padding:1.25rem .8rem 2rem}h1{font-size:1.6rem}
    section{padding:1.1rem 1rem}.cards{grid-template-columns:1fr 1fr;gap:.6rem}
    .cards li:first-child{grid-column:1/-1}
    .verdict{grid-template-columns:1fr;padding:1.1rem 1rem}.verdict svg{display:none}
    .verdict h2{font-size:1.25rem}.verdict.bad h2{font-size:1.6rem}
    .chart li{grid-template-columns:1fr auto;gap:.15rem .8rem;padding:.45rem 0}
    .chart .bar{grid-column:1/-1;grid-row:2}
    summary{grid-template-columns:1rem auto 1fr}summary .what{grid-column:2/-1;grid-row:2}
    .inside{padding-left:.2rem}}
    @media print{:root{color-scheme:light;--bg:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#bbb;
    --faint:#f2f2f2;--good:#0f6b45;--good-bg:#fff;--warn:#874a04;--warn-bg:#fff;--bad:#a11420;
    --bad-bg:#fff;--link:#000;--mark:#ffe49a;--mark-ink:#000;--delivered:#1f8f60;--synced:#3f78d3;
    --suppressed:#7c8896;--held:#d57f1f}
    html{font-size:11px}main{max-width:none;padding:0}section{border:0;padding:.6rem 0}
    .cards{grid-template-columns:repeat(5,1fr)}.pair{grid-template-columns:1fr 1fr;gap:1.5rem}
    .tools,.jump{display:none}.scroll{overflow:visible}a{text-decoration:none}
    tr,.finding,.cards li,.chart li,.verdict{break-inside:avoid}h2,h3,summary{break-after:avoid}
    .bar,.state::before,mark,.cards li::before{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    @page{margin:14mm}
    @media (prefers-reduced-motion:reduce){summary::before{transition:none}}

    """

  static let script: StaticString = """
    "use strict";
    (function () {
      var table = document.getElementById("invoice-table");
      var tools = document.getElementById("invoice-tools");
      if (table ? tools : false) {
        var search = document.getElementById("invoice-search");
        var state = document.getElementById("invoice-state");
        var count = document.getElementById("invoice-count");
        var rows = Array.prototype.slice.call(table.tBodies[0].rows);
        var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
        var apply = function () {
          var words = search.value.toLowerCase().split(/\\s+/);
          var shown = 0;
          rows.forEach(function (row, index) {
            var fits = state.value === "" || row.getAttribute("data-state") === state.value;
            words.forEach(function (word) {
              if (texts[index].indexOf(word) === -1) { fits = false; }
            });
            row.hidden = !fits;
            if (fits) { shown += 1; }
          });
          count.textContent = shown + " of " + rows.length + " shown";
        };
        search.addEventListener("input", apply);
        state.addEventListener("change", apply);
        tools.hidden = false;
        apply();
      }
      var groups = Array.prototype.slice.call(document.querySelectorAll("details"));
      var reveal = function () {
        var target = document.getElementById(location.hash.slice(1));
        if (target) { if (target.tagName.toLowerCase() === "details") { target.open = true; } }
      };
      window.addEventListener("hashchange", reveal);
      reveal();
      var opened = [];
      window.addEventListener("beforeprint", function () {
        opened = groups.filter(function (group) { return !group.open; });
        opened.forEach(function (group) { group.open = true; });
      });
      window.addEventListener("afterprint", function () {
        opened.forEach(function (group) { group.open = false; });
      });
    })();

    """
}
