// SPDX-License-Identifier: Apache-2.0
//
// Reductions by tasks, detached tasks, many arguments, cancellation, nesting, bounds near the ends of their types.

#include <stdio.h>
#include <stdint.h>
typedef uintptr_t omp_event_handle_t;
typedef struct {int x[1];} omp_lock_t; 
extern void omp_fulfill_event(omp_event_handle_t);
extern int omp_get_thread_num(void),omp_get_num_threads(void),omp_in_parallel(void),omp_get_level(void),omp_get_team_num(void),omp_get_num_teams(void);
static int tp; 
#pragma omp threadprivate(tp)
int main(){ int r=0;
#pragma omp parallel num_threads(3)
#pragma omp single
 {
#pragma omp taskgroup task_reduction(+:r)
 {
  for(int i=0;i<50;i++)
#pragma omp task in_reduction(+:r) firstprivate(i)
   r+=i;
 }
 printf("tr %d\n",r);
 r=0;
#pragma omp taskloop reduction(+:r) num_tasks(9)
 for(int i=0;i<=100;i++) r+=i;
 printf("tl %d\n",r);
 }
 r=0;
#pragma omp parallel for reduction(task,+:r)
 for(int i=0;i<20;i++){
#pragma omp task in_reduction(+:r)
  r+=i;
 }
 printf("rt %d\n",r);
 omp_event_handle_t ev; int done=0,after=0;
#pragma omp parallel num_threads(2)
#pragma omp single
 {
#pragma omp task detach(ev) depend(out:done)
  done=1;
#pragma omp task depend(in:done)
  after=done+1;
#pragma omp task
  omp_fulfill_event(ev);
#pragma omp taskwait
 }
 printf("det %d %d\n",done,after);
 tp=7;
#pragma omp parallel num_threads(3) copyin(tp)
 {
  tp+=omp_get_thread_num();
#pragma omp critical(nm)
  r+=tp;
 }
 printf("tp %d\n",r);
 int big[12]; for(int i=0;i<12;i++)big[i]=i; int a0=1,a1=2,a2=3,a3=4,a4=5,a5=6,a6=7,a7=8,a8=9; long s=0; char c='x'; short h=3; float f=1.5f; double d=2.5;
#pragma omp parallel num_threads(2) firstprivate(a0,a1,a2,a3,a4,a5,a6,a7,a8,c,h,f,d) reduction(+:s)
 s+=a0+a1*10+a2*100+a3*1000+a4*10000+a5+a6+a7+a8+c+h+(int)(f*2)+(int)(d*2)+big[3];
 printf("args %ld\n",s);
 int w=0;
#pragma omp parallel num_threads(4) proc_bind(close)
 {
#pragma omp for schedule(nonmonotonic:dynamic,2) reduction(+:w) collapse(2)
  for(int i=0;i<10;i++) for(int j=0;j<7;j++) w+=i*j;
#pragma omp for schedule(monotonic:dynamic) reduction(max:w)
  for(long i=0;i<100;i++) if(i*60>w) w=i*60;
 }
 printf("w %d\n",w);
 int cn=0;
#pragma omp parallel num_threads(2)
 {
#pragma omp for schedule(dynamic)
  for(int i=0;i<1000;i++){
#pragma omp cancellation point for
   if(i==900){
#pragma omp atomic
   cn++;
#pragma omp cancel for
   }
  }
 }
 printf("cn %d\n",cn);
 int l=0;
#pragma omp parallel num_threads(2)
#pragma omp parallel num_threads(2)
#pragma omp atomic
 l+=omp_get_level();
 printf("l %d\n",l);
#pragma omp teams num_teams(3) thread_limit(2)
 {

#pragma omp distribute dist_schedule(static,4)
  for(int i=0;i<30;i++)
#pragma omp atomic
   l+=i;
 }
 printf("t %d\n",l);
 unsigned long long u=0;
#pragma omp parallel for schedule(dynamic,1000) reduction(+:u)
 for(unsigned long long i=0xfffffffffffff000ull;i<0xffffffffffffff00ull;i+=16) u+=i&0xfff;
 printf("u %llu\n",u); u=0; int last=-1;
#pragma omp parallel for schedule(guided,3) reduction(+:u) lastprivate(last)
 for(unsigned i=4000000000u;i>=3999990000u;i-=3) {u+=i; last=i;}
 printf("u %llu %u\n",u,last);
 int o=0;
#pragma omp parallel for ordered schedule(static,2) reduction(+:o)
 for(int i=10;i>0;i--){
#pragma omp ordered
  printf("%d ",i);
 o++;}
 printf("o %d\n",o);
#pragma omp parallel num_threads(3)
 {
#pragma omp sections
 {
#pragma omp section
#pragma omp atomic
  o++;
#pragma omp section
#pragma omp atomic
  o++;
#pragma omp section
#pragma omp atomic
  o++;
 }
#pragma omp masked filter(1)
  o+=100;
#pragma omp barrier
#pragma omp scope
#pragma omp atomic
 o+=1000;
 }
 printf("o %d\n",o);
 #pragma omp parallel num_threads(2)
 #pragma omp single
 {
 #pragma omp task final(1) priority(3) untied
 {
 #pragma omp task
 #pragma omp atomic
  o++;
 }
 #pragma omp taskyield
 int x[3]={0};
 #pragma omp task depend(mutexinoutset:x[0])
  x[0]++;
 #pragma omp task depend(mutexinoutset:x[0])
  x[0]++;
 #pragma omp task depend(inoutset:x[1])
  x[1]=1;
 #pragma omp task depend(in:x[0]) depend(in:x[1])
  x[2]=x[0]+x[1];
 #pragma omp taskwait depend(in:x[0])
 #pragma omp taskwait
 printf("x %d\n",x[2]);
 }
 printf("o %d\n",o);
 return 0;}
