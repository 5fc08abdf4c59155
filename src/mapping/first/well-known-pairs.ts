/** A HubSpot property and the Klaviyo attribute that mean the same in every account. */
export interface WellKnownPair {
  readonly hubspot: string;
  readonly klaviyo: string;
}

/** In the order of use where nothing is filled. Of two with one Klaviyo attribute, the one that more people have is taken. */
export const WELL_KNOWN_PAIRS: readonly WellKnownPair[] = [
  { hubspot: "firstname", klaviyo: "first_name" },
  { hubspot: "lastname", klaviyo: "last_name" },
  { hubspot: "phone", klaviyo: "phone_number" },
  { hubspot: "mobilephone", klaviyo: "phone_number" },
  { hubspot: "company", klaviyo: "organization" },
  { hubspot: "jobtitle", klaviyo: "title" },
  { hubspot: "address", klaviyo: "location.address1" },
  { hubspot: "city", klaviyo: "location.city" },
  { hubspot: "zip", klaviyo: "location.zip" },
  { hubspot: "state", klaviyo: "location.region" },
  { hubspot: "country", klaviyo: "location.country" },
];
