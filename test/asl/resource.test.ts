import { describe, expect, it } from 'vitest';
import { parseResource, resourceLabel } from '../../src/asl/task/resource.js';

describe('a Resource', () => {
  it.each([
    ['arn:aws:lambda:us-east-1:123456789012:function:pay', 'lambda'],
    ['arn:aws-cn:lambda:cn-north-1:123456789012:function:pay:$LATEST', 'lambda'],
    ['createAccount', 'lambda'],
    ['billing.create-invoice_2', 'lambda'],
    ['arn:aws:states:us-east-1:123456789012:activity:approve', 'activity'],
    ['arn:aws:states:::lambda:invoke', 'service'],
  ])('%s is of kind %s', (text, kind) => {
    expect(parseResource(text)).toMatchObject({ value: { kind, arn: text } });
  });

  it.each([
    ['arn:aws:states:::sqs:sendMessage.waitForTaskToken', 'sqs', 'sendMessage.waitForTaskToken'],
    ['arn:aws:states:::aws-sdk:s3:getObject', 'aws-sdk:s3', 'getObject'],
    ['arn:aws:states:::states:startExecution.sync:2', 'states', 'startExecution.sync:2'],
  ])('%s names service %s and action %s', (text, resourceType, resource) => {
    expect(parseResource(text)).toEqual({ value: { kind: 'service', arn: text, resourceType, resource } });
  });

  it('is refused in AWS words where it is an ARN that leads nowhere', () => {
    expect(parseResource('arn:aws:s3:::bucket')).toMatchObject({
      problem: {
        message:
          'The resource provided arn:aws:s3:::bucket is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.',
      },
    });
  });

  it('is refused where it is neither an ARN nor a name', () => {
    for (const text of ['', 'two words', '42', 'a/b']) {
      expect(parseResource(text)).toMatchObject({
        problem: { message: 'Value is not a valid resource ARN' },
      });
    }
  });

  it('is called by its service where a result is too large', () => {
    const parsed = parseResource('arn:aws:states:::lambda:invoke');
    expect('value' in parsed && resourceLabel(parsed.value)).toBe('lambda');
  });
});
