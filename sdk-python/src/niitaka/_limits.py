"""Every limit of the client, by name, with what happens at it."""

#: Records that make a batch due at once.
FLUSH_RECORDS = 100
#: Bytes of records that make a batch due at once.
FLUSH_BYTES = 256 * 1024
#: Seconds a record waits for company.
FLUSH_SECONDS = 1.0
#: The same while somebody watches the session in a browser.
WATCHED_FLUSH_SECONDS = 0.2
#: Records in one batch; the server takes 1,000.
BATCH_RECORDS = 500
#: Bytes of records in one batch; the server takes 8 MiB.
BATCH_BYTES = 1024 * 1024
#: Bodies of more bytes are sent compressed.
GZIP_BYTES = 1024

#: Bytes of one record; content that makes it longer is left out and marked.
RECORD_BYTES = 1024 * 1024
#: Bytes of one text; a longer one is cut and listed in `truncated`.
TEXT_BYTES = 64 * 1024
#: Entries of `truncated`; further cuts are made but not listed.
TRUNCATED_ENTRIES = 512
#: Levels of nesting; deeper content becomes text.
JSON_DEPTH = 32
#: Values looked at in one record that is not plain or not small; what comes after them is left out and marked.
JSON_VALUES = 50_000
#: Keys of one object; further ones are left out and marked.
JSON_KEYS = 512
#: Characters of an agent's id; a longer one is an argument error.
AGENT_ID_CHARACTERS = 128
#: Characters of a value in an error message; the rest is left out.
SHOWN_CHARACTERS = 60
#: Tags of a session; further ones are left out with a warning.
TAGS = 20
#: Sessions around a session that are told of its exception; those further out record it again.
ENCLOSING_SESSIONS = 256
#: Metrics with names of one's own in a session.
CUSTOM_METRICS = 10

#: Records kept in memory where there is no spool; then the oldest is dropped and counted.
MEMORY_RECORDS = 10_000
#: Records in memory at which even a start is dropped and counted.
MEMORY_RECORDS_HARD = 2 * MEMORY_RECORDS
#: Bytes kept in memory where there is no spool; then the oldest is dropped and counted.
MEMORY_BYTES = 32 * 1024 * 1024
#: Bytes of spool that one process keeps; then the oldest is dropped and counted.
SPOOL_BYTES = 256 * 1024 * 1024
#: Bytes at which a segment is closed and the next begun.
SEGMENT_BYTES = 1024 * 1024
#: Greatest body that a spool frame may claim; a greater one is damage.
FRAME_BYTES = 8 * 1024 * 1024
#: Seconds between two attempts to get back to a disk that failed.
DISK_RETRY_SECONDS = 10.0
#: Seconds between two fsyncs of a segment that was written to.
FSYNC_SECONDS = 1.0
#: Seconds between two touches of every segment held.
TOUCH_SECONDS = 10.0
#: Seconds without a touch after which a segment of an unknown process counts as left behind.
ORPHAN_SECONDS = 60.0

#: Refused records that wait for another try; further ones are dropped and counted.
DEFERRED_RECORDS = 100_000
#: Seconds for which a record of a session that the server does not know is tried.
DEFERRED_SECONDS = 24 * 3600.0
#: Greatest seconds between two tries of a deferred record.
DEFERRED_PAUSE_SECONDS = 60.0
#: Bounds of the back-off between two attempts of a batch, in seconds.
BACKOFF_FIRST_SECONDS = 0.5
BACKOFF_SECONDS = 30.0
#: Longest `Retry-After` that is obeyed, in seconds.
RETRY_AFTER_SECONDS = 300.0
#: Seconds between two attempts with a key that was refused.
REFUSED_KEY_SECONDS = 60.0
#: Seconds that one request may take.
REQUEST_SECONDS = 10.0
#: Bytes read of an answer; a longer one is an error.
ANSWER_BYTES = 64 * 1024 * 1024

#: Seconds between two heartbeats of a session.
HEARTBEAT_SECONDS = 30.0
#: Sessions named in one heartbeat record.
HEARTBEAT_SESSIONS = 10_000
#: Seconds after which a call that has not returned is shown as open.
OPEN_CALL_SECONDS = 1.0
#: Agents (by environment and variant) whose policies are kept; further ones go without until the process ends.
SNAPSHOT_AGENTS = 1_000
#: Seconds that the first read of a runtime config waits for the server; then what it said last holds.
CONFIG_WAIT_SECONDS = 0.5
#: Between two looks whether the snapshots are of the server's revision: an answer may have been older, or none.
SNAPSHOT_LOOK_SECONDS = 2.0
#: Seconds after which a runtime config that is read outside of sessions is asked for again, in the background.
CONFIG_SECONDS = 30.0
#: Characters kept of a streamed answer where content is captured; what comes after them is left out.
CAPTURED_CHARACTERS = 512 * 1024
#: Bytes kept of an answer that the host reads by itself; the tokens of a longer one are estimated.
RAW_BODY_BYTES = 8 * 1024 * 1024
#: Commands of one session that are obeyed; further ones are passed over.
CONTROL_ORDERS = 10_000
#: Sessions named in one poll for commands.
CONTROL_SESSIONS = 500
#: Seconds that one poll waits for a command.
CONTROL_WAIT_SECONDS = 20
#: Seconds for which commands are polled after the server asked for it.
CONTROL_WATCHED_SECONDS = 60.0
#: Seconds between two polls where the first brought nothing new.
CONTROL_RETRY_SECONDS = 1.0
#: Longest seconds between two looks of a step that is held.
PAUSE_LOOK_SECONDS = 1.0
#: Longest seconds between two looks at whether the wait before a retry was cut short.
RETRY_LOOK_SECONDS = 1.0
#: Attempts of one call of a model, those with another model included; what fails then is the host's.
CALL_ATTEMPTS = 32
#: Traces and signals of a session that are known to be told; beyond, one may be sent again, and is stored once.
TOLD_ROWS = 10_000
#: Calls of a session that wait for the price of their model; a further one counts nothing for good.
UNPRICED_CALLS = 1_000
#: Seconds without an answer of the server after which a pause ends.
PAUSE_WITHOUT_SERVER_SECONDS = 300.0
#: Seconds that the end of the process waits for the last delivery.
EXIT_SECONDS = 2.0
#: Seconds that a call waits for a part of its tree's budget; then what is known here decides.
LEASE_WAIT_SECONDS = 2.0
#: Calls, of the size of the one that asks, that a lease shall do for.
LEASE_CALLS = 8
#: Seconds between two requests of one tree where the first did not get what it wanted.
LEASE_RETRY_SECONDS = 0.2
#: Seconds without a new call after which what is left of a lease goes back, so that nobody waits for it.
LEASE_IDLE_SECONDS = 1.0
#: Seconds for which nobody waits for a lease once the server did not answer.
LEASE_AWAY_SECONDS = 5.0
#: Seconds between two looks of a coroutine that waits for a lease.
LEASE_LOOK_SECONDS = 0.02
#: Trees whose spending is remembered; beyond, that of the one that was used longest ago is forgotten.
LEASE_TREES = 1_000
#: Tokens of an answer where a call names no most, for its estimate.
ESTIMATED_OUTPUT_TOKENS = 4_096
