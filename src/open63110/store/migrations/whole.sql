CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE kinds (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE highest (
	kind TEXT NOT NULL, 
	"key" INTEGER NOT NULL, 
	PRIMARY KEY (kind)
);
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	heard INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	kind INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	seq INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE UNIQUE INDEX journal_fence ON journal (number, seq) WHERE number > 0;
CREATE TABLE stretches (
	stretch INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	PRIMARY KEY (stretch, station)
)
 WITHOUT ROWID

;
CREATE TABLE station (
	id TEXT NOT NULL, 
	registration TEXT NOT NULL, 
	wire TEXT NOT NULL, 
	connected INTEGER, 
	body BLOB NOT NULL, zone TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE transfer (
	number INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	session INTEGER, 
	state TEXT NOT NULL, 
	began INTEGER, 
	ended INTEGER, 
	subject TEXT, 
	settled BOOLEAN NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE session (
	number INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	evse INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	opened INTEGER NOT NULL, 
	closed INTEGER, 
	subject TEXT, 
	settled BOOLEAN NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (number)
);
CREATE INDEX transfer_reference ON transfer (station, reference);
CREATE INDEX session_station ON session (station);
CREATE INDEX transfer_open ON transfer (settled) WHERE settled = 0;
CREATE INDEX session_open ON session (settled) WHERE settled = 0;
CREATE TABLE token (
	ref TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	blocked BOOLEAN NOT NULL, 
	"group" TEXT, 
	name TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (ref)
);
CREATE TABLE subject (
	ref TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (ref)
);
CREATE TABLE principal (
	id TEXT NOT NULL, 
	role TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	"by" TEXT NOT NULL, 
	action TEXT NOT NULL, 
	target TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE sdr (
	id TEXT NOT NULL, 
	session INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	began INTEGER NOT NULL, 
	ended INTEGER NOT NULL, 
	energy FLOAT NOT NULL, 
	subject TEXT, 
	produced INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE orders (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	asked INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE quarantine (
	id INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	action TEXT NOT NULL, 
	body BLOB NOT NULL, replayed INTEGER, 
	PRIMARY KEY (id)
);
CREATE INDEX sdr_session ON sdr (session);
CREATE INDEX orders_station ON orders (station);
CREATE INDEX orders_outcome ON orders (outcome);
CREATE INDEX quarantine_at ON quarantine (at);
CREATE TABLE site (
	id TEXT NOT NULL, 
	address TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE zone (
	"key" TEXT NOT NULL, 
	site TEXT NOT NULL, 
	priority INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE peer (
	id TEXT NOT NULL, 
	serial TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE heard (
	id INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE original (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE tariff (
	"key" TEXT NOT NULL, 
	id TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE "constraint" (
	id TEXT NOT NULL, 
	source TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE meter (
	id TEXT NOT NULL, 
	site TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE power (
	site TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (site)
);
CREATE TABLE sample (
	id INTEGER NOT NULL, 
	site TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX sample_site ON sample (site, at);
CREATE TABLE alarm (
	id TEXT NOT NULL, 
	site TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	cleared INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE dso_group (
	id TEXT NOT NULL, 
	dso TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE dso_order (
	order_id TEXT NOT NULL, 
	dso TEXT NOT NULL, 
	"group" TEXT NOT NULL, 
	state TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (order_id)
);
CREATE TABLE compliance (
	order_id TEXT NOT NULL, 
	dso TEXT NOT NULL, 
	status TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (order_id)
);
CREATE TABLE dso_sample (
	id INTEGER NOT NULL, 
	order_id TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX dso_sample_order ON dso_sample (order_id);
CREATE TABLE dso_forecast (
	id TEXT NOT NULL, 
	"group" TEXT NOT NULL, 
	dso TEXT NOT NULL, 
	horizon TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE dso_link (
	id TEXT NOT NULL, 
	heard INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE outlook (
	id TEXT NOT NULL, 
	site TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	until INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE inventory (
	station TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	firmware TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE station_alarm (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	open BOOLEAN NOT NULL, 
	state TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	resolved INTEGER, 
	evse INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX station_alarm_station ON station_alarm (station, open);
CREATE INDEX station_alarm_since ON station_alarm (since);
CREATE TABLE log (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	asked INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	kept_until INTEGER, 
	removed INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX log_station ON log (station);
CREATE TABLE message (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	standing TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX message_station ON message (station);
CREATE TABLE message_report (
	station TEXT NOT NULL, 
	since INTEGER, 
	at INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE discovery (
	station TEXT NOT NULL, 
	firmware TEXT NOT NULL, 
	trouble TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE report_page (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE inventory_difference (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE settings (
	station TEXT NOT NULL, 
	open INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE template (
	id TEXT NOT NULL, 
	vendor TEXT NOT NULL, 
	model TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE rollout (
	id TEXT NOT NULL, 
	asked INTEGER NOT NULL, 
	"by" TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE rollout_result (
	id TEXT NOT NULL, 
	rollout TEXT NOT NULL, 
	station TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE own_settings (
	station TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE INDEX inventory_difference_station ON inventory_difference (station);
CREATE INDEX rollout_result_rollout ON rollout_result (rollout);
CREATE INDEX rollout_result_station ON rollout_result (station);
CREATE TABLE firmware_image (
	id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	vendor TEXT NOT NULL, 
	version TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE firmware_update (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	image TEXT NOT NULL, 
	campaign TEXT NOT NULL, 
	state TEXT NOT NULL, 
	asked INTEGER NOT NULL, 
	ended INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX firmware_update_station ON firmware_update (station);
CREATE TABLE firmware_publication (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	image TEXT NOT NULL, 
	state TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE campaign (
	id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	began INTEGER NOT NULL, 
	ended INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE deletion (
	id TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	state TEXT NOT NULL, 
	asked INTEGER NOT NULL, 
	deadline INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE deletion_item (
	id TEXT NOT NULL, 
	request TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	data TEXT NOT NULL, 
	result TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE customer_report (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	asked INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE voucher (
	id TEXT NOT NULL, 
	serial TEXT NOT NULL, 
	identity TEXT NOT NULL, 
	used_by TEXT NOT NULL, 
	until INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX voucher_serial ON voucher (serial);
CREATE TABLE log_criteria (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	state TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX log_criteria_station ON log_criteria (station);
CREATE TABLE monitoring (
	station TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	reported INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE monitor_page (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE event_stream (
	id TEXT NOT NULL, 
	station TEXT NOT NULL, 
	monitor INTEGER NOT NULL, 
	open BOOLEAN NOT NULL, 
	opened INTEGER NOT NULL, 
	last INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE stream_chunk (
	id TEXT NOT NULL, 
	stream TEXT NOT NULL, 
	station TEXT NOT NULL, 
	"begin" INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX monitor_page_station ON monitor_page (station);
CREATE INDEX event_stream_station ON event_stream (station);
CREATE INDEX stream_chunk_stream ON stream_chunk (stream, "begin");
CREATE INDEX stream_chunk_begin ON stream_chunk ("begin");
CREATE TABLE deregistration (
	station TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	asked INTEGER NOT NULL, 
	done INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	channel TEXT NOT NULL, 
	station TEXT NOT NULL, 
	open BOOLEAN NOT NULL, 
	due INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX notice_open ON notice (open, due);
CREATE TABLE catalogue (
	"key" TEXT NOT NULL, 
	vendor TEXT NOT NULL, 
	model TEXT NOT NULL, 
	firmware TEXT NOT NULL, 
	version TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE catalogue_fetch (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE unknown_fault (
	"key" TEXT NOT NULL, 
	vendor TEXT NOT NULL, 
	model TEXT NOT NULL, 
	code TEXT NOT NULL, 
	count INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	station TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE fault_map (
	station TEXT NOT NULL, 
	standing TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE own_catalogue (
	station TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE der_control (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	standing TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX der_control_station ON der_control (station);
CREATE TABLE der_report (
	station TEXT NOT NULL, 
	since INTEGER, 
	at INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY (station)
);
CREATE TABLE station_tariff (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	ended INTEGER, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX station_tariff_station ON station_tariff (station);
CREATE TABLE allowed_transfer (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	standing TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX allowed_transfer_station ON allowed_transfer (station);
CREATE TABLE battery_swap (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	state TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	subject TEXT, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX battery_swap_station ON battery_swap (station);
CREATE TABLE settlement (
	"key" TEXT NOT NULL, 
	station TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	status TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX settlement_station ON settlement (station);
CREATE INDEX settlement_reference ON settlement (reference);
