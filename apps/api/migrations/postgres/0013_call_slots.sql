CREATE TABLE "api_call_slots" (
	"minutes" integer NOT NULL,
	"slot" integer NOT NULL,
	"app_id" text COLLATE "C" NOT NULL,
	"endpoint" text COLLATE "C" NOT NULL,
	"errcode" text COLLATE "C" NOT NULL,
	"calls" integer NOT NULL,
	CONSTRAINT "api_call_slots_minutes_slot_app_id_endpoint_errcode_pk" PRIMARY KEY("minutes","slot","app_id","endpoint","errcode")
);--> statement-breakpoint
INSERT INTO "api_call_slots" SELECT 15, "minute" / 15, "app_id", "endpoint", "errcode", SUM("calls") FROM "api_call_counts" GROUP BY 2, 3, 4, 5;--> statement-breakpoint
INSERT INTO "api_call_slots" SELECT 1440, "minute" / 1440, "app_id", "endpoint", "errcode", SUM("calls") FROM "api_call_counts" GROUP BY 2, 3, 4, 5;