// What readers ask, and where the answer stands: among the first three results, or the first where it
// says 1. Several places are as good as each other where a bar is between them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { add, bookOf, find } from "../../themes/default/static/search/rank.js";
import { site } from "./harness.mjs";

const questions = `
1 clicked a link                  reporting.html#clicked | playbooks/phishing.html
  i clicked on a bad link         reporting.html#clicked
  opened an attachment            reporting.html#clicked | playbooks/phishing.html
  typed my password on a fake page  reporting.html#clicked | playbooks/phishing.html
  suspicious email                reporting.html#phishing
  phishing                        reporting.html#phishing | playbooks/phishing.html
1 phising                         playbooks/phishing.html | reporting.html#phishing
  got a weird mail                reporting.html#phishing
  i think i have been hacked      reporting.html | reporting.html#other | playbooks/compromised-instance.html
  hacked                          reporting.html | reporting.html#other | playbooks/compromised-instance.html
  virus                           playbooks/compromised-instance.html | reporting.html#other
1 ransomware                      playbooks/compromised-instance.html
  malware                         playbooks/compromised-instance.html
1 lost laptop                     playbooks/lost-device.html
1 stolen phone                    playbooks/lost-device.html
  my laptop was stolen            playbooks/lost-device.html
  i lost my phone on the train    playbooks/lost-device.html
1 password leaked                 playbooks/leaked-credentials.html
  committed a secret to github    playbooks/leaked-credentials.html
  api key in repository           playbooks/leaked-credentials.html
1 ddos                            playbooks/denial-of-service.html
  website is down                 reporting.html#availability | playbooks/denial-of-service.html
  who do i tell                   reporting.html | reporting.html#where
  who do i call                   reporting.html | reporting.html#where | contacts.html#contacts
  how do i report                 reporting.html | reporting.html#where
1 report an incident              reporting.html
  report incident                 reporting.html
  where to report                 reporting.html#where
  email address for reports       reporting.html#where | reporting.html | contacts.html#contacts
  how long do i have to report    reporting.html | reporting.html#where | response.html#timers
  what not to do                  reporting.html#do-not
  should i turn off my computer   reporting.html#do-not
  can i delete the email          reporting.html#do-not | reporting.html#phishing
  is this an incident             reporting.html#what-is-an-incident
  what is an incident             reporting.html#what-is-an-incident
  what happens next after reporting  reporting.html#after
  will i get in trouble           reporting.html | index.html#noticed
  i made a mistake                reporting.html#clicked | reporting.html
  who is in charge                roles/incident-commander.html
1 incident commander              roles/incident-commander.html
1 incident comander               roles/incident-commander.html
1 ic                              roles/incident-commander.html
1 commander                       roles/incident-commander.html | response.html#commander
  comms lead                      roles/communications-officer.html
1 communications officer          roles/communications-officer.html
  CO                              roles/communications-officer.html
  scribe                          roles/scribe.html
  first responder                 roles/first-responder.html
  what does the product owner do  roles/product-owner.html
  who takes notes                 roles/scribe.html | response.html#document | phases/document.html
1 sev 1                           severities/high.html
1 sev1                            severities/high.html
  critical                        severities/high.html
  P2                              severities/medium.html
  high severity                   severities/high.html
  low                             severities/low.html
  how bad is it                   severities.html | severities.html#choosing | response.html#severity
  choose severity                 severities.html#choosing
  when to lower the severity      severities/high.html#lower | severities.html#changes | severities/medium.html#change
  sitrep                          templates/sitrep.html | response.html#sitreps | glossary.html#terms
  sitrep how often                response.html#sitreps | severities.html | severities.html#at-a-glance
  situation report template       templates/sitrep.html
  status update                   response.html#sitreps | templates/sitrep.html
1 hand over                       response.html#handoff | templates/handover.html
  handover message                templates/handover.html
  shift change                    response.html#handoff | response.html#long-incidents
  i am tired                      response.html#long-incidents | response.html#handoff | roles/incident-commander.html#giving
  press                           roles/communications-officer.html | checklists/security-incident.html#public
  a journalist called             roles/communications-officer.html | checklists/security-incident.html#public
  tell customers                  roles/communications-officer.html | response.html#obligations | response.html#communications
  police                          checklists/security-incident.html#law-enforcement
  gdpr                            response.html#obligations | glossary.html#terms
  legal deadline                  response.html#obligations
  72 hours                        response.html#obligations
  who must be informed            response.html#obligations
  cisa                            glossary.html#terms | response.html#obligations
  slack room                      response.html#channels | contacts.html#channels | contacts.html#tools
  where do we talk                response.html#channels
  chat is down                    contacts.html#dependencies
  sso down                        contacts.html#dependencies
  false alarm                     response.html#false-alarms | checklists/response.html#false-alarm | glossary.html#terms
  false positive                  response.html#false-alarms | checklists/response.html#false-alarm
  evidence                        response.html#evidence | glossary.html#terms
  save logs                       response.html#evidence | checklists/response.html#remediate
  may i take the server down      response.html#disruption | severities.html#authority
  can i shut down production      response.html#disruption | severities.html#authority
1 checklist                       checklists.html | checklists/response.html
  response checklist              checklists/response.html
  first steps                     playbooks/phishing.html#first | playbooks/lost-device.html#first | playbooks/leaked-credentials.html#first | playbooks/denial-of-service.html#first | playbooks/compromised-instance.html#first
  remediate                       phases/remediate.html | response.html#remediate
  how do i contain it             response.html#contain | playbooks/phishing.html#contain | checklists/security-incident.html#contain
  assess                          phases/assess.html | response.html#assess
  post mortem                     response.html#retrospective | glossary.html#terms
  lessons learned                 response.html#retrospective | checklists/security-incident.html#learn
  incident report template        templates/incident-report.html
  how long can i work alone       response.html#timers | roles/first-responder.html#alone
1 pii                             glossary.html#terms
  what does cui mean              glossary.html#terms
  glossary                        glossary.html
  retrospective when              response.html#retrospective
  nist controls                   maintenance.html#controls
  IR-8                            maintenance.html#controls
  audit                           maintenance.html#controls | maintenance.html#document-control
  who approved this plan          maintenance.html#document-control
  when was it reviewed            maintenance.html#review | maintenance.html#document-control
  training                        maintenance.html#training
  exercise                        maintenance.html#exercises
  tabletop                        maintenance.html#exercises
  distribution list               maintenance.html#document-control | maintenance.html#protection
  my phone fell in a taxi         playbooks/lost-device.html | reporting.html#other
  i gave my login to a scammer    reporting.html#clicked | playbooks/leaked-credentials.html | playbooks/phishing.html
  wipe a stolen laptop remotely   playbooks/lost-device.html#contain | playbooks/lost-device.html#first | playbooks/lost-device.html
  who answers my report           reporting.html#after | roles/first-responder.html
  what do i do first as first responder  roles/first-responder.html | roles/first-responder.html#you | phases/breathe.html
  downgrade                       severities/high.html#lower | severities.html#changes | severities/medium.html#change
  need sleep                      response.html#long-incidents
  what is a hva                   glossary.html#terms
  jira is offline                 contacts.html#dependencies
  print the plan                  maintenance.html#protection | maintenance.html#document-control
  revoke access token             playbooks/leaked-credentials.html#contain | playbooks/leaked-credentials.html | playbooks/leaked-credentials.html#first
  inform insurance company        response.html#obligations
  write situation report          templates/sitrep.html | response.html#sitreps
  i pressed a button in a strange sms  reporting.html#clicked | reporting.html#phishing | playbooks/phishing.html | reporting.html#other
  someone called pretending to be it  reporting.html#phishing | playbooks/phishing.html | reporting.html#other | reporting.html
  sent spreadsheet to the wrong adress  reporting.html#other
  left my bag with work computer in the bus  playbooks/lost-device.html | reporting.html#other
  my screen says pay bitcoin      playbooks/compromised-instance.html | reporting.html#other | reporting.html
  pop up says call microsoft      reporting.html#phishing | playbooks/phishing.html | reporting.html#other | playbooks/compromised-instance.html
  website doesnt load             playbooks/denial-of-service.html | reporting.html#other | reporting.html#availability
  do i have to be sure            reporting.html | reporting.html#what-is-an-incident | index.html#noticed | reporting.html#after | response.html#false-alarms
  can i report anonymously        reporting.html | reporting.html#where | reporting.html#after
  repport                         reporting.html | reporting.html#where
1 incdent comander                roles/incident-commander.html
1 scrib                           roles/scribe.html
  when is it high                 severities/high.html | severities.html#at-a-glance | severities.html#choosing | severities.html
  next sitrep due                 response.html#sitreps | templates/sitrep.html | severities.html#at-a-glance
  template for status mail        templates/sitrep.html | response.html#sitreps | templates.html | templates/event.html
1 event message                   templates/event.html
  announce incident first message  templates/event.html
  handing over to the night shift  response.html#handoff | templates/handover.html | response.html#long-incidents
  how long is a shift             response.html#long-incidents | response.html#timers
  who may talk to reporters       roles/communications-officer.html | checklists/security-incident.html#public
  customer asks what happend      roles/communications-officer.html | response.html#obligations | response.html#communications | checklists/security-incident.html#public
  data protection authority       response.html#obligations | glossary.html#terms
  phone number security team      contacts.html#contacts | reporting.html#where | contacts.html
  reset password of compromised account  playbooks/leaked-credentials.html#contain | playbooks/leaked-credentials.html | playbooks/phishing.html#contain | playbooks/leaked-credentials.html#first | playbooks/phishing.html#first
  rotate keys                     playbooks/leaked-credentials.html | playbooks/leaked-credentials.html#contain | playbooks/leaked-credentials.html#first
  keep memory dump                response.html#evidence | glossary.html#terms | playbooks/compromised-instance.html#contain | playbooks/compromised-instance.html#investigate | playbooks/compromised-instance.html#first
  chain of custody                response.html#evidence | glossary.html#terms
  take instance off network       playbooks/compromised-instance.html#contain | playbooks/compromised-instance.html | playbooks/compromised-instance.html#first | response.html#disruption
  when is the incident over       phases/conclude.html | response.html#conclude
  who writes the final report     templates/incident-report.html | response.html#retrospective | roles/incident-commander.html | phases/conclude.html
  dont blame                      response.html#retrospective | checklists/security-incident.html#learn
  false allarm what now           response.html#false-alarms | checklists/response.html#false-alarm
  the ticket system is not working  contacts.html#dependencies
  where is the incident room      response.html#channels | contacts.html#channels
  more help escalate              response.html#timers | response.html#long-incidents | roles/first-responder.html#alone | roles/first-responder.html | contacts.html#contacts
  practice run                    maintenance.html#exercises
  passwort in chat                contacts.html#channels | response.html#channels
1 severty levels                  severities.html | severities.html#overview
  i was paged what now            roles/first-responder.html | phases/initiate.html
1 lost labtop                     playbooks/lost-device.html
1 ransomwear                      playbooks/compromised-instance.html
1 handoff nigth shift             response.html#long-incidents
  sitrp                           templates/sitrep.html | response.html#sitreps
`.trim().split("\n").map((line) => {
  const [, first, question, places] = line.match(/^([1 ]) (.+?)\s{2,}(.+)$/) || [];
  return { within: first === "1" ? 1 : 3, question, places: places.split(" | ") };
});

/** The guidebook of a variant, as a page has it. */
async function guidebook(variant) {
  const index = await readFile(join(await site(), variant, "search/index.js"), "utf8");
  vm.runInNewContext(index, { redbinderSearch: { add } });
  return bookOf(variant);
}

for (const variant of ["bixal", "civicactions"]) {
  test(`what readers of ${variant} ask is answered by what comes first`, async (t) => {
    const book = await guidebook(variant);
    const missed = [];
    for (const { within, question, places } of questions) {
      const found = find(book, question).map(({ entry }) => entry.href);
      const at = found.findIndex((href) => places.includes(href));
      if (at < 0 || at >= within) missed.push(`${question}: ${places.join(" | ")} is ${at + 1 || "not there"}, behind ${found.slice(0, 3).join(", ")}`);
    }
    assert.deepEqual(missed, []);
  });
}
