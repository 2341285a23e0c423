// What tests/site_check.py asks of a page that is open.
window.siteCheck = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const brief = (element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 50);
  const name = (element) =>
    element.tagName.toLowerCase() + [...element.classList].map((c) => "." + c).join("");

  // ---- formulas, images, width ----

  const formulas = () => [
    ...all("mjx-merror").map((e) => e.getAttribute("title") || brief(e)),
    ...all("mjx-mtext[style*=red]").map((e) => `unknown: ${brief(e.closest("mjx-container"))}`),
    ...all(".math").filter((e) => !e.querySelector("mjx-container")).map((e) => `raw: ${brief(e)}`),
  ];

  const brokenImages = () =>
    all("img").filter((i) => i.complete && i.naturalWidth === 0).map((i) => i.src.slice(0, 120));

  const lostButtons = () =>
    all(".admonition.toggle").filter((box) => {
      const button = box.querySelector(".toggle-button")?.getBoundingClientRect();
      return button?.height && button.bottom > box.getBoundingClientRect().bottom + 1;
    }).map(brief);

  const scrolls = (element) => {
    for (let p = element.parentElement; p && p !== document.body; p = p.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX)) return true;
    }
    return false;
  };

  const tooWide = () => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const inside = (e) => (getComputedStyle(e).overflowX === "visible" ? e.scrollWidth : 0);
    const reach = (e) => e.getBoundingClientRect().left + Math.max(inside(e), e.offsetWidth || 0);
    const wide = all("main *").filter((e) => reach(e) > width + 0.5 && !scrolls(e));
    const deepest = wide.filter((e) => !wide.some((inner) => inner !== e && e.contains(inner)));
    return deepest.length ? deepest.slice(0, 3).map((e) => `${name(e)} ${brief(e)}`) : ["the page"];
  };

  // ---- contrast (WCAG 2, 1.4.3) ----

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (color) => {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(color, [r, g, b, a / 255]);
    }
    return known.get(color);
  };
  const over = ([r, g, b, a], [R, G, B]) =>
    [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((v) => {
      const s = v / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== "none") return null;
      const color = rgba(style.backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    const canvasColor = getComputedStyle(document.documentElement).colorScheme.includes("dark")
      ? [0, 0, 0, 1] : [255, 255, 255, 1];
    return layers.reduceRight((below, layer) => over(layer, below), canvasColor);
  };
  const hasText = (e) =>
    [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
  // shown under the pointer only, not for the eye, or the "+" between two keys of the search box
  const aside = ".headerlink, button.copybtn, mjx-assistive-mml, script, style, option, " +
    ".search-button__kbd-shortcut";
  const readable = (e) =>
    e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) &&
    !e.closest(aside);

  // one line for each pair of colours that is too near, with a text that shows it
  const contrast = () => {
    const bad = new Map();
    for (const e of all("body *")) {
      if (!hasText(e) || !readable(e)) continue;
      const style = getComputedStyle(e), below = ground(e);
      if (!below) continue;
      const text = over(rgba(style.color), below);
      const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
      const needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
      const found = ratio(text, below);
      const pair = `${style.color} on ${below.slice(0, 3).map(Math.round)}`;
      if (found < needed - 0.005 && !bad.has(pair)) {
        bad.set(pair, `contrast ${found.toFixed(2)} of ${name(e)} ${brief(e)}, ${pair}`);
      }
    }
    return [...bad.values()];
  };

  // ---- tabs, quizzes, animations ----

  const labels = (id = "") =>
    all(`.sd-tab-label[data-sync-group=framework]${id && `[data-sync-id="${id}"]`}`);
  const input = (label) => document.getElementById(label.getAttribute("for"));
  const frameworks = () => [...new Set(labels().map((l) => l.dataset.syncId))];
  const choose = (id) => labels(id)[0].click();
  const notFollowing = (id) => labels(id).filter((l) => !input(l).checked).length;
  const chosen = () =>
    [...new Set(labels().filter((l) => input(l).checked).map((l) => l.dataset.syncId))];

  const quizzesShown = () =>
    all("[data-numquestions]").filter((q) => q.querySelector(".Quiz")).length;
  const answer = (field) => {
    field.value = "1";
    field.dispatchEvent(new KeyboardEvent("keypress", { keyCode: 13, which: 13, key: "Enter" }));
  };
  const reveal = (element) => {
    for (let d = element.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  };

  const searched = () =>
    /finished|did not match/.test(document.querySelector("#search-results")?.textContent);

  return { formulas, brokenImages, lostButtons, tooWide, contrast, frameworks, choose,
    notFollowing, chosen, quizzesShown, answer, reveal, searched };
})();
