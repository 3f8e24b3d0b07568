-- SQLite
CREATE TABLE mlopt_programs (
	id INTEGER NOT NULL,
	digest VARCHAR(64) NOT NULL,
	program VARCHAR(512) NOT NULL,
	target VARCHAR(512) NOT NULL,
	compiler_version VARCHAR(512) NOT NULL,
	created_at VARCHAR(512) NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (digest)
);
CREATE INDEX mlopt_programs_key ON mlopt_programs (program, target, compiler_version);
CREATE TABLE mlopt_schema (
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE mlopt_trials (
	id INTEGER NOT NULL,
	digest VARCHAR(64) NOT NULL,
	workload VARCHAR(512) NOT NULL,
	kind VARCHAR(512) NOT NULL,
	target VARCHAR(512) NOT NULL,
	compiler_version VARCHAR(512) NOT NULL,
	space_version VARCHAR(512) NOT NULL,
	status VARCHAR(512),
	is_final BOOLEAN NOT NULL,
	speedup DOUBLE,
	speedup_low DOUBLE,
	created_at VARCHAR(512) NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (digest)
);
CREATE INDEX mlopt_trials_key ON mlopt_trials (workload, target, compiler_version, space_version);
-- PostgreSQL
CREATE TABLE mlopt_programs (
	id SERIAL NOT NULL,
	digest VARCHAR(64) NOT NULL,
	program VARCHAR(512) NOT NULL,
	target VARCHAR(512) NOT NULL,
	compiler_version VARCHAR(512) NOT NULL,
	created_at VARCHAR(512) NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (digest)
);
CREATE INDEX mlopt_programs_key ON mlopt_programs (program, target, compiler_version);
CREATE TABLE mlopt_schema (
	id SERIAL NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE mlopt_trials (
	id SERIAL NOT NULL,
	digest VARCHAR(64) NOT NULL,
	workload VARCHAR(512) NOT NULL,
	kind VARCHAR(512) NOT NULL,
	target VARCHAR(512) NOT NULL,
	compiler_version VARCHAR(512) NOT NULL,
	space_version VARCHAR(512) NOT NULL,
	status VARCHAR(512),
	is_final BOOLEAN NOT NULL,
	speedup DOUBLE PRECISION,
	speedup_low DOUBLE PRECISION,
	created_at VARCHAR(512) NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (digest)
);
CREATE INDEX mlopt_trials_key ON mlopt_trials (workload, target, compiler_version, space_version);
