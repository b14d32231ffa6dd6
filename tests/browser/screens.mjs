// One page of each kind: what looks and behaves alike is looked at once.

/** Paths in the built `content/`, by the name of the screen. */
export const screens = {
  door: "index.html",
  home: "bixal/index.html",
  reporting: "bixal/reporting.html",
  plan: "bixal/response.html",
  severities: "bixal/severities.html",
  severity: "bixal/severities/high.html",
  roles: "bixal/roles.html",
  role: "bixal/roles/incident-commander.html",
  phases: "bixal/phases.html",
  phase: "bixal/phases/assess.html",
  checklists: "bixal/checklists.html",
  checklist: "bixal/checklists/response.html",
  templates: "bixal/templates.html",
  template: "bixal/templates/sitrep.html",
  playbooks: "bixal/playbooks.html",
  playbook: "bixal/playbooks/phishing.html",
  contacts: "bixal/contacts.html",
  glossary: "bixal/glossary.html",
  maintenance: "bixal/maintenance.html",
  document: "bixal/document.html",
  search: "bixal/search.html",
  missing: "404.html",
};

/** What a reader opens on a screen, by its name. @type {Record<string, { path: string, open: (page: any) => Promise<void> }>} */
export const opened = {
  "search-dialog": {
    path: screens.plan,
    async open(page) {
      await page.keyboard.press("/");
      await page.getByRole("searchbox").fill("lost laptop");
      await page.locator(".found a").first().waitFor();
    },
  },
  "search-answers": {
    path: `${screens.search}?q=commander`,
    open: (page) => page.locator(".found a").first().waitFor(),
  },
  "incident-dialog": {
    path: screens.checklist,
    async open(page) {
      await page.getByRole("checkbox").first().check();
      await page.locator(".working").getByRole("button", { name: "Incident" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  "other-guidebooks": {
    path: screens.severity,
    async open(page) {
      await page.locator(".switcher summary").click();
      await page.getByRole("navigation", { name: "Other guidebooks" }).waitFor();
    },
  },
};
