CREATE TABLE "alert_channels" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"url" text COLLATE "C" NOT NULL,
	"host" text COLLATE "C" NOT NULL,
	"secret" text COLLATE "C",
	"language" text COLLATE "C" NOT NULL,
	"time_zone" text COLLATE "C" NOT NULL,
	"quiet_from" integer,
	"quiet_to" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"last_sent_at" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"last_error" text COLLATE "C",
	"failures" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "alert_deliveries" (
	"channel_id" text COLLATE "C" NOT NULL,
	"incident_id" text COLLATE "C" NOT NULL,
	"change" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"due_at" timestamp (3) with time zone,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "alert_deliveries_channel_id_incident_id_change_pk" PRIMARY KEY("channel_id","incident_id","change")
);
--> statement-breakpoint
CREATE TABLE "alert_incidents" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"app_id" text COLLATE "C",
	"endpoint" text COLLATE "C",
	"errcode" text COLLATE "C",
	"people" integer,
	"events" integer,
	"percent" integer,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"told_at" timestamp (3) with time zone NOT NULL,
	"recovered_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_channel_id_alert_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."alert_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_incident_id_alert_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."alert_incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_deliveries_due" ON "alert_deliveries" USING btree ("channel_id","due_at");--> statement-breakpoint
CREATE INDEX "alert_deliveries_incident" ON "alert_deliveries" USING btree ("incident_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_incidents_open" ON "alert_incidents" USING btree ("kind","subject") WHERE "alert_incidents"."recovered_at" is null;--> statement-breakpoint
CREATE INDEX "alert_incidents_subject" ON "alert_incidents" USING btree ("kind","subject");--> statement-breakpoint
CREATE INDEX "alert_incidents_recovered" ON "alert_incidents" USING btree ("recovered_at");