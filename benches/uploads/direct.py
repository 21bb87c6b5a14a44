"""Makes a bucket, or puts one file into it by multipart: what an S3 server takes without anything before it.

python direct.py S3_URL bucket NAME
python direct.py S3_URL put NAME FILE
"""

import sys
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

url, what, bucket, *rest = sys.argv[1:]
place = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
style = Config(s3={"addressing_style": "path"})
s3 = boto3.client("s3", endpoint_url=place["endpoint"], region_name=place["region"], config=style)
if what == "bucket":
    s3.create_bucket(Bucket=bucket)
else:
    parts = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20, max_concurrency=4)
    s3.upload_file(rest[0], bucket, str(uuid4()), Config=parts)
