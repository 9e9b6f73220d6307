CREATE TABLE "app_token_fetches" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"app_id" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"source" text COLLATE "C" NOT NULL,
	"requested_by" text COLLATE "C" NOT NULL,
	"latency_ms" integer NOT NULL,
	"generation" integer,
	"errcode" text COLLATE "C"
);
--> statement-breakpoint
ALTER TABLE "api_failures" ADD COLUMN "request" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "api_failures" ADD COLUMN "answer" text COLLATE "C";--> statement-breakpoint
CREATE INDEX "app_token_fetches_app" ON "app_token_fetches" USING btree ("app_id","kind","at","id");--> statement-breakpoint
CREATE INDEX "app_token_fetches_at" ON "app_token_fetches" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_log_operator" ON "audit_log" USING btree ("operator_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_log_event" ON "audit_log" USING btree ("event","at","id");--> statement-breakpoint
CREATE INDEX "audit_log_target" ON "audit_log" USING btree ("target","at","id");--> statement-breakpoint
CREATE INDEX "identity_conflicts_resolved" ON "identity_conflicts" USING btree ("resolved_at","created_at","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint_next" ON "webhook_deliveries" USING btree ("endpoint_id","next_attempt_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint_created" ON "webhook_deliveries" USING btree ("endpoint_id","created_at","id");