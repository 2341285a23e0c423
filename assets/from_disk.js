// What a page needs when it is opened from disk (file://), without a server.
if (location.protocol === "file:") {
  // A page may not read another one, so the search lists titles without their first lines.
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  // Some browsers give every file a memory of its own: the choice of framework goes with the link.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const chosen = document.querySelector(
      "input:checked + .sd-tab-label[data-sync-group='framework']",
    );
    if (!chosen || !link || link.protocol !== "file:" || !link.pathname.endsWith(".html")) return;
    const url = new URL(link.href);
    if (url.pathname === location.pathname) return;
    url.searchParams.set("framework", chosen.dataset.syncId);
    link.href = url.href;
  }, true);
}
