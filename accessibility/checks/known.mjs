// Faults that the checks have found in the pages and that are not mended yet. They are counted and said at the end of every
// run; everything else fails it. Whoever mends one takes its line away.
export const known = [
  { fault: /nu error .*A fraction of a second must be one, two, or three digits/, mend: 'moments to the second in `datetime`' },
  { fault: /nu info .*Section lacks heading.*recorder/, mend: 'the recorder as a `div`' },
  { fault: /nu info .*(Duplicate “dt” name|The first occurrence of “dt” name)/, mend: 'a list for each dated step' },
  { fault: /ibm aria_child_valid .*<(ul|ol) class="(items|list|actions)">$/, mend: 'no list where there is nothing to list' },
  { fault: /axe p-as-heading: .*<p class="(name|lead)">/, mend: 'the name of the site as a `div`; no paragraph that is bold throughout' },
  { fault: /layout[^:]*: (with [^:]+: )?-\d+ px between two targets, and not 0: <a .* and <a /, mend: 'lists of links with room between them' },
  { fault: /layout[^:]*: target of \d+ by 42 px, and not 44: <a /, mend: 'links of staff pages as high as those of others' },
  { fault: /layout[^:]*: target of \d+ by 20 px, and not 44: <a href="\/staff\//, mend: 'links in tables of staff pages' },
  { fault: /layout[^:]*: target of 4\d by \d+ px, and not 44: <a /, mend: 'a least width for short links' },
  { fault: /layout[^:]*: target of \d+ by (4[4-9]|5\d) px, and not 60: <(input|select|a|summary|button) /, mend: 'fields as high as buttons in the `pictures` wording' },
  { fault: /layout[^:]*: target of [45]\d by \d+ px, and not 60: <a /, mend: 'a least width for short links in the `pictures` wording' },
  { fault: /layout[^:]*: with text spacing: text runs out of its box: .*(class="step|class="card)/, mend: 'long words break in steps and cards' },
  { fault: /layout[^:]*: with text spacing: scrolls sideways: .*<span class="reference">/, mend: 'a reference that breaks on a phone with text spacing' },
  { fault: /layout[^:]*: with text twice as large: scrolls sideways: .*<table class="table">/, mend: 'tables row below row where letters are large' },
];

/** How a fault that is known will be mended; nothing for any other. */
export const waitsToBeMended = (fault) => known.find((one) => one.fault.test(fault))?.mend;
