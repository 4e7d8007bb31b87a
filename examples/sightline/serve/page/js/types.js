/**
 * The types of the server's response, named as in the Go packages extract and
 * extract/misp. This module has no code.
 *
 * @typedef {{capture: number, offset: number, number: number, time?: string}} Ref one packet of a capture
 * @typedef {{src: string, dst: string, proto: number}} Flow from client to server
 * @typedef {{first: Ref, last: Ref, conn?: {flow: Flow, start: Ref}}} Evidence
 * @typedef {{count: number, decrypted?: number, first_seen?: string, last_seen?: string, evidence?: Evidence[]}} Fact
 *
 * @typedef {{name?: string, size?: number, sha256?: string, packets: number, bytes: number, first?: string, last?: string,
 *   format?: string, link_type?: string, snaplen?: number, error?: string}} Capture
 *
 * @typedef {{uuid: string, type: string, category: string, value: string, to_ids: boolean, disable_correlation?: boolean,
 *   distribution?: string, comment?: string, first_seen?: string, last_seen?: string, object_relation?: string,
 *   count: number, decrypted?: number, claimed?: boolean, warninglists?: string[], evidence?: Evidence[],
 *   verdict?: 'detect'|'context', rule?: string}} Attribute
 * @typedef {{uuid: string, object_uuid: string, referenced_uuid: string, relationship_type: string}} ObjectReference
 * @typedef {{uuid: string, name: string, comment?: string, Attribute: Attribute[], ObjectReference?: ObjectReference[]}} MispObject
 * @typedef {{uuid: string, info: string, date?: string, timestamp?: string, published?: boolean, distribution: string,
 *   threat_level_id: string, analysis: string, Tag?: {name: string}[]}} EventHead
 *
 * @typedef {{rule: string, topic: string, value: string, count: number}} LeftOut
 * @typedef {{packets: number, bytes: number}} Traffic
 * @typedef {Fact & {client: string, server: string, proto: number, sent: Traffic, received: Traffic, protos?: string[],
 *   ended?: Object<string, number>, beacon?: string}} Connection
 * @typedef {Fact & {sha256: string, sha1: string, md5: string, subject?: string, issuer?: string, common_name?: string,
 *   serial?: string, not_before?: string, not_after?: string, names?: string[], key_type?: string, key_bits?: number,
 *   signature?: string, ca?: boolean, self_signed?: boolean, unparsed?: string}} Certificate
 * @typedef {Fact & {sha256?: string, sha1?: string, md5?: string, name?: string, type?: string, sniffed?: string, size: number,
 *   state: string, proto: string, url?: string, client: string, server: string, from_client?: boolean}} File
 *
 * @typedef {{packets: number, bytes: number, unseen: Object, notes?: string[], keys?: import('./keylogs.js').KeySummary, left_out?: number,
 *   objects_left_out?: number, not_kept?: Object<string, number>}} Summary notes are sentences to show
 * @typedef {{captures?: Capture[], attributes?: Attribute[], objects?: MispObject[], left_out?: LeftOut[],
 *   connections?: Connection[], certificates?: Certificate[], files?: File[], event?: EventHead, summary?: Summary,
 *   error?: string}} Answer
 *
 * The page's own types:
 * @typedef {{attribute: Attribute, kept: boolean, first: number, last: number, order: number, text: string}} Row an
 *   attribute and whether it is kept; first and last in milliseconds, NaN if unknown
 * @typedef {{types: Set<string>, text: string, mark: string, verdict: string, from: number, to: number, sort: string, descending: boolean}} Query
 */
export {};
