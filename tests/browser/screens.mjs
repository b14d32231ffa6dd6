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
  search: "bixal/search.html",
  missing: "404.html",
};
