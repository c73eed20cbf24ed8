// SPDX-License-Identifier: Apache-2.0
//
// Regions, loops of every schedule, sections, tasks with dependences, doacross, leagues.

#include <stdio.h>
#include <stdlib.h>
extern int omp_get_thread_num(void),omp_get_num_threads(void); extern void omp_set_num_threads(int);
static double sum(int n,double a,double b,double c,double d,double e,double f,double g){double s=0;
#pragma omp parallel for reduction(+:s) firstprivate(a,b,c,d,e,f,g)
 for(int i=0;i<n;i++) s+=i*a+b+c+d+e+f+g; return s;}
int fib(int n){int x,y; if(n<2)return n;
#pragma omp task shared(x)
 x=fib(n-1);
#pragma omp task shared(y)
 y=fib(n-2);
#pragma omp taskwait
 return x+y;}
int main(){ int c=0,m[4]={0}; 
#pragma omp parallel num_threads(4)
 {
#pragma omp critical
  c++;
  m[omp_get_thread_num()]++;
#pragma omp barrier
#pragma omp single
  printf("single %d\n",c);
 }
 printf("%d %d%d%d%d\n",c,m[0],m[1],m[2],m[3]);
 printf("%.1f\n",sum(1000,1,2,3,4,5,6,7));
 long d=0; int last=-1;
#pragma omp parallel for schedule(dynamic,3) reduction(+:d) lastprivate(last)
 for(int i=0;i<1001;i++){d+=i;last=i;}
 printf("dyn %ld %d\n",d,last); d=0;
#pragma omp parallel for schedule(guided) reduction(+:d) lastprivate(last)
 for(int i=1000;i>=0;i-=7){d+=i;last=i;}
 printf("gui %ld %d\n",d,last); d=0;
#pragma omp parallel for schedule(static,5) reduction(+:d) lastprivate(last)
 for(unsigned i=3;i<777;i+=2){d+=i;last=i;}
 printf("sta %ld %d\n",d,last); d=0;
#pragma omp parallel for schedule(runtime) reduction(+:d) 
 for(unsigned long long i=3;i<777;i+=2)d+=i;
 printf("run %ld\n",d);
#pragma omp parallel for ordered schedule(dynamic)
 for(int i=0;i<10;i++){
#pragma omp ordered
  printf("o%d ",i);
 } puts("");
 int f;
#pragma omp parallel
#pragma omp single
 f=fib(15);
 printf("fib %d\n",f);
 int pv;
#pragma omp parallel private(pv) num_threads(3)
 {
#pragma omp single copyprivate(pv)
  pv=42;
#pragma omp critical
  printf("cp %d\n",pv);
 }
#pragma omp parallel sections
 {
#pragma omp section
  c+=10;
#pragma omp section
  {
#pragma omp atomic
  d+=1;}
 }
 printf("sec %d\n",c);
 int dep=0,out=0;
#pragma omp parallel
#pragma omp single
 {
#pragma omp task depend(out:dep)
  dep=5;
#pragma omp task depend(inout:dep)
  dep*=2;
#pragma omp task depend(in:dep)
  out=dep;
#pragma omp taskwait
#pragma omp taskloop grainsize(7)
  for(int i=0;i<100;i++) {
#pragma omp atomic
 dep+=i;}
#pragma omp task if(0)
  out+=1;
 }
 printf("dep %d %d\n",out,dep);
 int A[20]={0};
#pragma omp parallel for ordered(1)
 for(int i=1;i<20;i++){
#pragma omp ordered depend(sink:i-1)
  A[i]=A[i-1]+i;
#pragma omp ordered depend(source)
 }
 printf("doacross %d\n",A[19]);
 int cancelled=0;
#pragma omp parallel
 {
#pragma omp for
 for(int i=0;i<100;i++){
#pragma omp cancel for if(0)
 }
#pragma omp masked
 cancelled++;
 }
 printf("masked %d\n",cancelled);
#pragma omp parallel if(0)
 printf("ser %d\n",omp_get_num_threads());
 int q=0;
#pragma omp teams num_teams(2)
#pragma omp distribute parallel for reduction(+:q)
 for(int i=0;i<100;i++) q+=i;
 printf("teams %d\n",q);
 return 0;}
