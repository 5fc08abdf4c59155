/** The mapping of the demo: what a company would write, pointing at the rehearsal servers. */
export function demoMapping(hubspotUrl: string, klaviyoUrl: string): string {
  return `# The demo's mapping. The two addresses are the rehearsal servers; nobody real is touched.
version: 1
name: demo
timezone: UTC

connections:
  hubspot:
    token: { env: TANDEM_DEMO_HUBSPOT }
    base_url: ${hubspotUrl}
  klaviyo:
    token: { env: TANDEM_DEMO_KLAVIYO }
    base_url: ${klaviyoUrl}

rules:
  - id: customers
    from: hubspot
    match:
      lists: ["All customers"]
    add_to_klaviyo_lists: [Newsletter]
    on_leave: remove_from_list
  - id: engaged
    from: klaviyo
    match:
      segments: ["Engaged 90 days"]

fields:
  - { hubspot: firstname, klaviyo: first_name }
  - { hubspot: lastname, klaviyo: last_name }
  - { hubspot: jobtitle, klaviyo: title, direction: to_klaviyo, on_empty: clear }
  - { hubspot: city, klaviyo: location.city }
  - hubspot: phone
    klaviyo: phone_number
    transform: { to_klaviyo: { phone_e164: { default_country: US } } }
  - { hubspot: persona, klaviyo: properties.Persona, type: option }
  - { hubspot: interests, klaviyo: properties.interests, type: list, merge: union }
  - { hubspot: renewal_date, klaviyo: properties.renewal_date, type: date, direction: to_klaviyo }
`;
}

/** What the demo shows besides: refusals that travel, and what people did with the shop's e-mails. */
export const DEMO_CONSENT_AND_ENGAGEMENT = `
consent:
  klaviyo_to_hubspot:
    unsubscribe_from: [Marketing Information]
  hubspot_to_klaviyo: { opted_out: unsubscribe }

engagement:
  record_as: note
  backfill: 30d

limits: { unsubscribes_per_run: 10% }
`;
