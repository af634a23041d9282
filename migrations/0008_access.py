"""What access needs: sealed numbers, consents, documents, policies, second factors, identities."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.accounts import RecoveryChannel, StepKind
from models.documents import ConsentPurpose, DocumentKind
from models.people import PhysicalEducationGroup
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

# Tortoise makes a new table without its constraints.
CONSTRAINTS = (
    """ALTER TABLE data_consent ADD CONSTRAINT data_consent_purpose_known CHECK (purpose IN ('DATA_PROCESSING', 'EXTERNAL_IDENTITY', 'CONTACT_SHARING', 'PUBLICATION'))""",
    """ALTER TABLE data_consent ADD CONSTRAINT data_consent_in_order CHECK (valid_until IS NULL OR valid_until > given_on)""",
    """CREATE UNIQUE INDEX external_identity_once ON external_identity (account_id, provider) WHERE unlinked_at IS NULL""",
    """ALTER TABLE external_sign_in ADD CONSTRAINT external_sign_in_verifier_sealed_is_sealed CHECK (verifier_sealed LIKE 'v1.%')""",
    """ALTER TABLE identity_document ADD CONSTRAINT identity_document_kind_known CHECK (kind IN ('PASSPORT', 'FOREIGN_PASSPORT', 'BIRTH_CERTIFICATE', 'ADOPTION_RECORD', 'OTHER'))""",
    """ALTER TABLE identity_document ADD CONSTRAINT identity_document_number UNIQUE (kind, number_digest)""",
    """ALTER TABLE identity_document ADD CONSTRAINT identity_document_number_sealed_is_sealed CHECK (number_sealed LIKE 'v1.%')""",
    """ALTER TABLE password_recovery ADD CONSTRAINT password_recovery_channel_known CHECK (channel IN ('EMAIL', 'SMS'))""",
    """ALTER TABLE recovery_code ADD CONSTRAINT recovery_code_digest UNIQUE (account_id, digest)""",
    """ALTER TABLE second_factor ADD CONSTRAINT second_factor_secret_sealed_is_sealed CHECK (secret_sealed LIKE 'v1.%')""",
    """ALTER TABLE sign_in_step ADD CONSTRAINT sign_in_step_kind_known CHECK (kind IN ('NEW_PASSWORD', 'SECOND_FACTOR', 'SECOND_FACTOR_SETUP'))""",
    """ALTER TABLE substitution ADD CONSTRAINT substitution_start UNIQUE (section_id, teacher_id, valid_from)""",
    """ALTER TABLE substitution ADD CONSTRAINT substitution_in_order CHECK (valid_until > valid_from)""",
)

# Kept plain until `access.sealing` has sealed them with the installation's key, which a migration
# does not know; the table goes with the last of them.
UNSEALED = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM person WHERE snils IS NOT NULL) THEN
        CREATE TABLE unsealed_snils AS
        SELECT id AS person_id, snils FROM person WHERE snils IS NOT NULL;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [('diary', '0007_held_role')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DataConsent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('subject', fields.ForeignKeyField('diary.Person', source_field='subject_id', db_constraint=True, to_field='id', related_name='consents', on_delete=OnDelete.RESTRICT)),
                ('given_by', fields.ForeignKeyField('diary.Person', source_field='given_by_id', db_constraint=True, to_field='id', related_name='given_consents', on_delete=OnDelete.RESTRICT)),
                ('organization', fields.ForeignKeyField('diary.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='consents', on_delete=OnDelete.RESTRICT)),
                ('purpose', fields.CharEnumField(description='DATA_PROCESSING: DATA_PROCESSING\nEXTERNAL_IDENTITY: EXTERNAL_IDENTITY\nCONTACT_SHARING: CONTACT_SHARING\nPUBLICATION: PUBLICATION', enum_type=ConsentPurpose, max_length=32)),
                ('categories', fields.CharField(max_length=500)),
                ('document', fields.CharField(max_length=200)),
                ('given_on', fields.DateField()),
                ('valid_until', fields.DateField(null=True)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recorded_by', fields.ForeignKeyField('diary.Person', source_field='recorded_by_id', db_constraint=True, to_field='id', related_name='recorded_consents', on_delete=OnDelete.RESTRICT)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'data_consent', 'app': 'diary', 'constraints': [CheckConstraint(check="purpose IN ('DATA_PROCESSING', 'EXTERNAL_IDENTITY', 'CONTACT_SHARING', 'PUBLICATION')", name='data_consent_purpose_known'), CheckConstraint(check='valid_until IS NULL OR valid_until > given_on', name='data_consent_in_order')], 'indexes': [Index(fields=['subject_id', 'purpose'], name='data_consent_subject'), Index(fields=['given_by_id'], name='data_consent_given_by'), Index(fields=['organization_id'], name='data_consent_organization')], 'pk_attr': 'id', 'table_description': "A consent to process somebody's data (152-ФЗ, art. 9), given by them or their guardian."},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ExternalIdentity',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('diary.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='identities', on_delete=OnDelete.RESTRICT)),
                ('provider', fields.CharField(max_length=32)),
                ('subject_digest', fields.CharField(max_length=64)),
                ('linked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('unlinked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'external_identity', 'app': 'diary', 'constraints': [UniqueConstraint(fields=('account_id', 'provider'), name='external_identity_once', condition='unlinked_at IS NULL')], 'indexes': [Index(fields=['account_id'], name='external_identity_account'), Index(fields=['provider', 'subject_digest'], name='external_identity_subject')], 'pk_attr': 'id', 'table_description': 'An account that its owner opens by an identity provider, until it is unlinked.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ExternalSignIn',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('provider', fields.CharField(max_length=32)),
                ('ticket_digest', fields.CharField(unique=True, max_length=64)),
                ('state_digest', fields.CharField(max_length=64)),
                ('nonce', fields.CharField(max_length=64)),
                ('verifier_sealed', fields.CharField(max_length=300)),
                ('redirect_uri', fields.CharField(max_length=500)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('subject_digest', fields.CharField(null=True, max_length=64)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'external_sign_in', 'app': 'diary', 'constraints': [CheckConstraint(check="verifier_sealed LIKE 'v1.%'", name='external_sign_in_verifier_sealed_is_sealed')], 'pk_attr': 'id', 'table_description': 'A visit to an identity provider, from its beginning until a session or a link came of it.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='IdentityDocument',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('diary.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='documents', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='PASSPORT: PASSPORT\nFOREIGN_PASSPORT: FOREIGN_PASSPORT\nBIRTH_CERTIFICATE: BIRTH_CERTIFICATE\nADOPTION_RECORD: ADOPTION_RECORD\nOTHER: OTHER', enum_type=DocumentKind, max_length=32)),
                ('number_sealed', fields.CharField(max_length=300)),
                ('number_digest', fields.CharField(max_length=64)),
                ('issued_on', fields.DateField(null=True)),
                ('issued_by', fields.CharField(null=True, max_length=300)),
                ('checked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('checked_by', fields.ForeignKeyField('diary.Person', source_field='checked_by_id', db_constraint=True, to_field='id', related_name='checked_documents', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'identity_document', 'app': 'diary', 'constraints': [CheckConstraint(check="kind IN ('PASSPORT', 'FOREIGN_PASSPORT', 'BIRTH_CERTIFICATE', 'ADOPTION_RECORD', 'OTHER')", name='identity_document_kind_known'), UniqueConstraint(fields=('kind', 'number_digest'), name='identity_document_number'), CheckConstraint(check="number_sealed LIKE 'v1.%'", name='identity_document_number_sealed_is_sealed')], 'indexes': [Index(fields=['person_id'], name='identity_document_person')], 'pk_attr': 'id', 'table_description': 'A document that somebody of the school has looked at; its number is sealed.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='PasswordRecovery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('diary.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='recoveries', on_delete=OnDelete.RESTRICT)),
                ('channel', fields.CharEnumField(description='EMAIL: EMAIL\nSMS: SMS', enum_type=RecoveryChannel, max_length=32)),
                ('ticket_digest', fields.CharField(unique=True, max_length=64)),
                ('code_digest', fields.CharField(max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('failures', fields.SmallIntField(default=0)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'password_recovery', 'app': 'diary', 'constraints': [CheckConstraint(check="channel IN ('EMAIL', 'SMS')", name='password_recovery_channel_known')], 'indexes': [Index(fields=['account_id'], name='password_recovery_account')], 'pk_attr': 'id', 'table_description': 'A one-time code that was sent to the contact on file; ticket and code are kept as digests.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('diary.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='recovery_codes', on_delete=OnDelete.RESTRICT)),
                ('digest', fields.CharField(max_length=64)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'recovery_code', 'app': 'diary', 'constraints': [UniqueConstraint(fields=('account_id', 'digest'), name='recovery_code_digest')], 'pk_attr': 'id', 'table_description': 'One of the codes that stand in for a lost generator; each works once, as a digest.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='SchoolPolicy',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('organization', fields.OneToOneField('diary.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='policy', on_delete=OnDelete.RESTRICT)),
                ('homeroom_resets_passwords', fields.BooleanField(default=False)),
                ('homeroom_writes_marks', fields.BooleanField(default=False)),
                ('administrators_need_second_factor', fields.BooleanField(default=False)),
            ],
            options={'table': 'school_policy', 'app': 'diary', 'pk_attr': 'id', 'table_description': "A school's own settings; an organization without a row has the defaults of all columns."},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.OneToOneField('diary.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='second_factor', on_delete=OnDelete.RESTRICT)),
                ('secret_sealed', fields.CharField(max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_step', fields.BigIntField(null=True)),
            ],
            options={'table': 'second_factor', 'app': 'diary', 'constraints': [CheckConstraint(check="secret_sealed LIKE 'v1.%'", name='second_factor_secret_sealed_is_sealed')], 'pk_attr': 'id', 'table_description': 'A generator of one-time codes (RFC 6238); it counts once `confirmed_at` is set.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='SignInStep',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('diary.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='steps', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='NEW_PASSWORD: NEW_PASSWORD\nSECOND_FACTOR: SECOND_FACTOR\nSECOND_FACTOR_SETUP: SECOND_FACTOR_SETUP', enum_type=StepKind, max_length=32)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(default='', max_length=45)),
            ],
            options={'table': 'sign_in_step', 'app': 'diary', 'constraints': [CheckConstraint(check="kind IN ('NEW_PASSWORD', 'SECOND_FACTOR', 'SECOND_FACTOR_SETUP')", name='sign_in_step_kind_known')], 'indexes': [Index(fields=['account_id'], name='sign_in_step_account')], 'pk_attr': 'id', 'table_description': 'Somebody has shown one proof and owes another; only the SHA-256 of the ticket is kept.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Substitution',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('section', fields.ForeignKeyField('diary.CourseSection', source_field='section_id', db_constraint=True, to_field='id', related_name='substitutions', on_delete=OnDelete.RESTRICT)),
                ('teacher', fields.ForeignKeyField('diary.Person', source_field='teacher_id', db_constraint=True, to_field='id', related_name='substitutions', on_delete=OnDelete.RESTRICT)),
                ('valid_from', fields.DateField()),
                ('valid_until', fields.DateField()),
            ],
            options={'table': 'substitution', 'app': 'diary', 'constraints': [UniqueConstraint(fields=('section_id', 'teacher_id', 'valid_from'), name='substitution_start'), CheckConstraint(check='valid_until > valid_from', name='substitution_in_order')], 'indexes': [Index(fields=['teacher_id'], name='substitution_teacher')], 'pk_attr': 'id', 'table_description': "A teacher stands in for a section's own from `valid_from` until before `valid_until`."},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='Account',
            name='initial_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RemoveConstraint(
            model_name='Person',
            name='person_snils_digits',
            fields=None,
        ),
        ops.AddField(
            model_name='Person',
            name='address',
            field=fields.CharField(null=True, max_length=300),
        ),
        ops.AddField(
            model_name='Person',
            name='snils_digest',
            field=fields.CharField(null=True, unique=True, max_length=64),
        ),
        ops.AddField(
            model_name='Person',
            name='snils_sealed',
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name='Person',
            name='workplace',
            field=fields.CharField(null=True, max_length=300),
        ),
        ops.RunSQL([UNSEALED]),
        ops.RemoveField(model_name='Person', name='snils'),
        ops.AddConstraint(
            model_name='Person',
            constraint=CheckConstraint(check='(snils_sealed IS NULL) = (snils_digest IS NULL)', name='person_snils_whole'),
        ),
        ops.AddConstraint(
            model_name='Person',
            constraint=CheckConstraint(check="snils_sealed LIKE 'v1.%'", name='person_snils_sealed_is_sealed'),
        ),
        ops.AddField(
            model_name='Student',
            name='physical_education_group',
            field=fields.CharEnumField(null=True, description='BASIC: BASIC\nPREPARATORY: PREPARATORY\nSPECIAL: SPECIAL\nEXEMPT: EXEMPT', enum_type=PhysicalEducationGroup, max_length=32),
        ),
        ops.AddField(
            model_name='Student',
            name='social_risk',
            field=fields.CharField(null=True, max_length=500),
        ),
        ops.AddField(
            model_name='Student',
            name='special_needs',
            field=fields.CharField(null=True, max_length=500),
        ),
        ops.AddConstraint(
            model_name='Student',
            constraint=CheckConstraint(check="physical_education_group IN ('BASIC', 'PREPARATORY', 'SPECIAL', 'EXEMPT')", name='student_physical_education_group_known'),
        ),
        ops.RunSQL([*CONSTRAINTS]),
    ]
